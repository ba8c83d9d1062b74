#include "driver/cli/sound_file/decoders/wav_header.h"

#include <string_view>

namespace refwave::cli {
namespace {

constexpr std::int64_t kMostRiff = 0xFFFF'FFFF;  // bytes

/// Returns: the number in some bytes of `text`, little endian.
std::uint32_t number(std::string_view text, std::size_t at, std::size_t bytes = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes; i > 0; --i)
    value = value << 8 | (at + i <= text.size() ? static_cast<unsigned char>(text[at + i - 1]) : 0U);
  return value;
}

std::string text_at(Input& input, std::int64_t place, std::size_t count) {
  std::string text(count, '\0');
  input.seek(place);
  text.resize(input.read(text.data(), count));
  return text;
}

/// Reads WAVEFORMATEX, which begins at `place`.
void read_format(Input& input, std::int64_t place, WavHeader& header) {
  constexpr std::uint16_t kPcm = 1;
  const std::string format = text_at(input, place, 16);
  header.tag = static_cast<std::uint16_t>(number(format, 0, 2));
  const std::uint32_t frame_bytes = 4 * number(format, 2, 2);
  header.is_low_24 = header.tag == kPcm && number(format, 14, 2) == 24 &&
                     number(format, 12, 2) == frame_bytes &&
                     number(format, 8) == frame_bytes * number(format, 4);
  if (header.is_low_24) input.replace(place + 14, std::string("\x20\0", 2));
}

/// Returns: where the sound ends; 0 if this is no W64 file. A chunk has an identifier of 16 bytes and a
/// length of 8, which counts both, and is padded to 8.
std::int64_t end_of_w64(Input& input) {
  constexpr std::int64_t kFirstChunk = 40;
  constexpr std::int64_t kHeader = 24;
  if (text_at(input, 0, 4) != "riff" || text_at(input, 24, 4) != "wave") return 0;
  for (std::int64_t place = kFirstChunk;;) {
    const std::string chunk = text_at(input, place, kHeader);
    const std::int64_t bytes = number(chunk, 16) | std::int64_t{number(chunk, 20)} << 32;
    if (bytes < kHeader || bytes > Input::kUnknown) return 0;
    if (chunk.starts_with("data")) return place + bytes;
    place += (bytes + 7) / 8 * 8;
  }
}

}  // namespace

WavHeader mend_wav_header(Input& input) {
  const std::string start = text_at(input, 0, 12);
  const std::string kind = start.substr(0, 4);
  WavHeader header{.end = end_of_w64(input)};
  header.is_wav =
      start.size() == 12 && start.ends_with("WAVE") && (kind == "RIFF" || kind == "RF64" || kind == "BW64");
  if (kind == "BW64") input.replace(0, "RF64");
  for (std::int64_t place = 12; header.is_wav;) {
    const std::string chunk = text_at(input, place, 8);
    if (chunk.size() < 8) break;
    const std::uint32_t bytes = number(chunk, 4);
    if (chunk.starts_with("fmt ")) read_format(input, place + 8, header);
    const bool is_ds64_unset =
        chunk.starts_with("ds64") && text_at(input, place + 8, 16) == std::string(16, '\0');
    if (is_ds64_unset) input.replace(place + 23, "\x40");
    if (chunk.starts_with("PEAK")) input.replace(place, "JUNK");
    if (chunk.starts_with("data")) {
      // RIFF holds no more than 4 GiB: the writer went on, and its lengths wrapped. With these libsndfile
      // takes all that is there.
      if (kind == "RIFF" && input.is_seekable() && input.size() - place > kMostRiff) {
        input.replace(4, std::string("\x08\0\0\0", 4));
        input.replace(place + 4, std::string(4, '\0'));
        break;
      }
      // A writer that was stopped left no length of the whole, either.
      const std::uint32_t whole = number(start, 4);
      if (bytes == 0 && (whole <= place || whole >= kOpenLength) && !text_at(input, place + 8, 1).empty())
        input.replace(place + 4, "\xFF\xFF\xFF\xFF");
      if (!input.is_seekable() || bytes == 0 || bytes >= kOpenLength) break;
    }
    place += 8 + std::int64_t{bytes} + bytes % 2;
  }
  input.seek(0);
  return header;
}

}  // namespace refwave::cli
