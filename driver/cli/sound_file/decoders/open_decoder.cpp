// Which decoder reads a file.
#include <algorithm>
#include <string_view>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/decoders/wav_header.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

/// Returns: the next bytes, which stay to be read.
std::string peek(Input& input, std::size_t count) {
  const std::int64_t place = input.position();
  std::string bytes(count, '\0');
  bytes.resize(input.read(bytes.data(), count));
  input.seek(place);
  return bytes;
}

bool is_mpeg_frame(std::string_view start) {
  return start.size() > 1 && start[0] == '\xFF' && (start[1] & 0xE0) == 0xE0;
}

/// Returns: whether that may follow a tag. Zeros may come between.
bool is_beginning(std::string_view start) {
  constexpr std::string_view kKinds[] = {"ID3",  "OggS", "fLaC", "RIFF", "RF64",   "BW64",
                                         "FORM", ".snd", "caff", "riff", {"\0", 1}};
  return is_mpeg_frame(start) ||
         std::ranges::any_of(kKinds, [&](auto kind) { return start.starts_with(kind); });
}

/// Effects: has the input begin after its ID3v2 tags, as what follows them decides the kind. Four bytes of
/// seven bits each state a tag's length, at times wrongly.
void skip_tags(Input& input) {
  constexpr std::size_t kHeader = 10;
  for (std::string tag = peek(input, kHeader); tag.size() == kHeader && tag.starts_with("ID3");
       tag = peek(input, kHeader)) {
    std::int64_t bytes = 0;
    for (std::size_t i = 6; i < kHeader; ++i)
      bytes = bytes << 7 | (static_cast<unsigned char>(tag[i]) & 0x7F);
    input.seek(std::int64_t{kHeader} + bytes);
    if (!is_beginning(peek(input, 4))) input.seek(kHeader);
    input.begin_here();
  }
}

bool is_mpeg_in_wav(const WavHeader& wav) { return wav.tag == 0x50 || wav.tag == 0x55; }

/// Returns: how to make a file of it that can be read.
std::string conversion(const std::string& path, bool is_pipe) {
  if (is_pipe)
    return "convert it first, as with `ffmpeg -i IN -f wav - | refwave play -` or `sox IN -t wav -`";
  std::filesystem::path wav = to_path(path).filename();
  if (wav.extension() == ".wav") wav = std::filesystem::path("new-") += wav;
  wav.replace_extension(".wav");
  return "convert it, as with `ffmpeg -i IN " + path_text(wav) + "` or sox, or download it again";
}

}  // namespace

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
  if (peek(*input, 1).empty())
    throw Failure(path + ": nothing arrived; see why the program at the other end wrote nothing");
  if (raw) return raw_decoder(std::move(input), *raw);
  skip_tags(*input);
  const std::string start = peek(*input, 4);
  std::unique_ptr<Decoder> decoder;
  const auto try_with = [&](auto open) {
    if (input != nullptr && decoder == nullptr) decoder = open(input);
  };
  if (start == "OggS") {
    try_with(vorbis_decoder);
    try_with(opus_decoder);
  }
  const WavHeader wav = input != nullptr ? mend_wav_header(*input) : WavHeader{};
  if (is_mpeg_frame(start) || is_mpeg_in_wav(wav)) try_with(mpeg_decoder);
  try_with([&](auto& from) { return sndfile_decoder(from, Known::by_content, wav); });
  if (decoder != nullptr) return decoder;
  const std::string reason = reason_of(nullptr);
  // After zeros, or after a tag whose length is wrong.
  try_with(mpeg_decoder);
  // libsndfile itself would look for MP3 in such a file, and print what it thinks of it.
  if (source == Source::file && !path.ends_with(".mp3"))
    try_with([&](auto& from) { return sndfile_decoder(from, Known::by_name, wav); });
  if (decoder != nullptr) return decoder;
  throw Failure(path + ": cannot be read as a sound file: " + reason + "; " +
                conversion(path, source == Source::pipe));
}

}  // namespace refwave::cli
