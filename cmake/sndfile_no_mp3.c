/* In place of libsndfile's mpeg_l3_encode.c, which needs LAME: no MP3 is written. */
#include "sfconfig.h"
/* common.h wants sfconfig.h first. */
#include "common.h"
#include "mpeg.h"

int mpeg_l3_encoder_init(SF_PRIVATE* psf, int info_tag) { return SFE_UNIMPLEMENTED; }
int mpeg_l3_encoder_write_id3tag(SF_PRIVATE* psf) { return SFE_UNIMPLEMENTED; }
int mpeg_l3_encoder_set_quality(SF_PRIVATE* psf, double compression) { return SFE_UNIMPLEMENTED; }
int mpeg_l3_encoder_set_bitrate_mode(SF_PRIVATE* psf, int mode) { return SFE_UNIMPLEMENTED; }
int mpeg_l3_encoder_get_bitrate_mode(SF_PRIVATE* psf) { return -1; }
