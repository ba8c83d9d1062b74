// A build without libmpg123, libvorbisfile and libopusfile: libsndfile reads these kinds, if it can.
#include "driver/cli/sound_file/decoders/decoder.h"

namespace refwave::cli {

std::unique_ptr<Decoder> mpeg_decoder(std::unique_ptr<Input>&) { return nullptr; }
std::unique_ptr<Decoder> vorbis_decoder(std::unique_ptr<Input>&) { return nullptr; }
std::unique_ptr<Decoder> opus_decoder(std::unique_ptr<Input>&) { return nullptr; }

}  // namespace refwave::cli
