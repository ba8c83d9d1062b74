// For builds without libmpg123, libvorbisfile and libopusfile: libsndfile reads these formats, if it can.
#include "inf/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {

std::unique_ptr<SoundFileReader> mpeg_reader(const std::shared_ptr<Input>& input, const Hints& hints) {
  if (hints.is_mpeg && !sndfile_has(SF_FORMAT_MPEG)) refuse(*input, "this libsndfile reads no MP3");
  return hints.is_mpeg ? sndfile_reader(input, hints) : nullptr;
}
std::unique_ptr<SoundFileReader> ogg_reader(const std::shared_ptr<Input>& input, const Hints& hints) {
  if (!input->is_seekable()) refuse(*input, "Ogg in a pipe needs libvorbisfile, which this build is without");
  if (!sndfile_has(SF_FORMAT_OGG)) refuse(*input, "this libsndfile reads no Ogg");
  return sndfile_reader(input, hints);
}

}  // namespace refwave::cli
