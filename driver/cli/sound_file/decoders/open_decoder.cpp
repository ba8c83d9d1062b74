// Which decoder reads a file. MP3 goes to libmpg123, if this build has it.
#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/decoders/mpeg_header.h"

namespace refwave::cli {
void check_is_playable(const std::string& path, std::int64_t rate, std::int64_t channels) {
  if (channels < 1 || channels > dsp::kMaxChannels) {
    throw Failure(path + ": " + std::to_string(channels) +
                  " channels, and 1 to 8 can be played; mix it down, as with `sox IN OUT channels 2`");
  }
  if (rate < dsp::kMinRate || rate > dsp::kMaxRate) {
    throw Failure(path + ": " + std::to_string(rate) +
                  " Hz, and 8000 to 192000 Hz can be played; convert it, as with `sox IN -r 48000 OUT`");
  }
}

std::unique_ptr<Decoder> open_decoder(const std::string& path, Source source,
                                      const std::optional<RawFormat>& raw) {
  auto input = std::make_unique<Input>(path);
  const auto beginning = input->beginning();
  if (beginning && beginning->empty())
    throw Failure(path + ": nothing arrived; see why the program at the other end wrote nothing");
  if (raw) return raw_decoder(std::move(input), *raw);
  if (beginning && may_be_mpeg(*beginning))
    if (auto decoder = mpeg_decoder(input)) return decoder;
  return sndfile_decoder(std::move(input), source);
}

}  // namespace refwave::cli
