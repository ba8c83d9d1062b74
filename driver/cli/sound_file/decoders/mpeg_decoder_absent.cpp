// A build without libmpg123: libsndfile reads MP3, if it can.
#include "driver/cli/sound_file/decoders/decoder.h"

namespace refwave::cli {

std::unique_ptr<Decoder> mpeg_decoder(std::unique_ptr<Input>&) { return nullptr; }

}  // namespace refwave::cli
