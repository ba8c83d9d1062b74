// Headers that libsndfile does not read as their writers meant them.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "driver/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {
namespace {

constexpr std::int64_t kMostRiff = 0xFFFF'FFFF;  // bytes
constexpr std::int64_t kMostOfCodec = 1 << 30;   // bytes, of which libsndfile counts the frames with 32 bits
constexpr std::size_t kMostFormat = 254;         // bytes of a "fmt " chunk

/// Returns: the number in some bytes of `text`, little endian.
std::uint64_t number(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i > 0; --i)
    value = value << 8 | (at + i <= text.size() ? static_cast<unsigned char>(text[at + i - 1]) : 0U);
  return value;
}

/// Returns: WAVEFORMATEX, in which samples of 24 bits in 32 are such of 32.
std::string fixed(std::string format, Hints& hints) {
  constexpr std::uint64_t kPcm = 1;
  const std::uint64_t tag = number(format, 0, 2);
  hints.is_mpeg = tag == 0x50 || tag == 0x55;
  const std::uint64_t frame_bytes = 4 * number(format, 2, 2);
  hints.is_low_24 = tag == kPcm && number(format, 14, 2) == 24 && number(format, 12, 2) == frame_bytes &&
                    number(format, 8, 4) == frame_bytes * number(format, 4, 4);
  if (hints.is_low_24) format[14] = 32;
  format.resize(format.size() + format.size() % 2);
  return format;
}

bool is_codec(std::string_view format) {
  constexpr std::uint64_t kOthers[] = {1, 3, 6, 7, 0xFFFE};  // PCM, float, A-law, µ-law, extensible
  return std::ranges::find(kOthers, number(format, 0, 2)) == std::end(kOthers);
}

/// What the chunks before the sound say.
struct Wav {
  std::string_view kind;     // "RIFF", "RF64", "BW64" or "riff", which is W64
  std::uint64_t whole = 0;   // bytes of all chunks
  std::uint64_t length = 0;  // of the sound
};

/// Returns: how many bytes of sound follow `place`; Input::kUnknown, if the writer was stopped, wrote into a
/// pipe, or went on beyond the 4 GiB that RIFF can state.
std::int64_t length_of_sound(Input& input, std::int64_t place, const Wav& wav) {
  constexpr std::uint64_t kHeader = 8;
  const bool is_riff = wav.kind == "RIFF";
  const auto length = static_cast<std::int64_t>(std::min<std::uint64_t>(wav.length, Input::kUnknown));
  const bool is_whole_unset =
      wav.whole + kHeader <= static_cast<std::uint64_t>(place) || (is_riff && wav.whole >= kOpenLength);
  if (length == 0 && is_whole_unset && !input.read_at(place, 1).empty()) return Input::kUnknown;
  const std::int64_t there = input.is_seekable() ? input.size() - place : 0;
  if (is_riff && (there >= kMostRiff || (length >= kOpenLength && there < length))) return Input::kUnknown;
  return length;
}

/// How chunks are written. In a W64 file they have an identifier of 16 bytes, which begins with that of RIFF.
struct Layout {
  std::int64_t first;     // where the first one is
  std::size_t header;     // bytes of its identifier and its length
  std::size_t number;     // bytes of its length
  std::uint64_t counted;  // bytes of the header that the length counts
  std::uint64_t padding;  // to a multiple of that
};
constexpr Layout kRiff{12, 8, 4, 0, 2};
constexpr Layout kW64{40, 24, 8, 24, 8};

/// Effects: leaves nothing but `format` and the sound, which begins at `place`. With these lengths of
/// the whole and of the sound libsndfile takes all that there is.
void leave_sound(Input& input, std::int64_t place, const Wav& wav, const std::string& format, Hints& hints) {
  std::int64_t length = length_of_sound(input, place, wav);
  hints.is_open = length == Input::kUnknown;
  if (hints.is_open && input.is_seekable()) length = input.size() - place;
  if (hints.is_open && !input.is_seekable() && is_codec(format)) length = kMostOfCodec;
  const std::string before =
      std::string("RIFF\x08\0\0\0WAVEfmt ", 16) + static_cast<char>(format.size()) + std::string(3, '\0');
  input.begin_at(place, before + format + std::string("data\0\0\0\0", 8), length);
}

void read_wav(Input& input, Wav wav, const Layout& layout, Hints& hints) {
  std::string format;
  for (std::int64_t place = layout.first;;) {
    const std::string chunk = input.read_at(place, layout.header);
    const std::uint64_t bytes = number(chunk, layout.header - layout.number, layout.number) - layout.counted;
    if (chunk.size() < layout.header || chunk[0] == 0 || bytes > Input::kUnknown) return;
    place += static_cast<std::int64_t>(layout.header);
    if (chunk.starts_with("data")) {
      if (!wav.kind.ends_with("64") || bytes < kMostRiff) wav.length = bytes;
      return leave_sound(input, place, wav, format, hints);
    }
    const std::string content =
        input.read_at(place, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kMostFormat)));
    if (chunk.starts_with("ds64")) {
      wav.whole = number(content, 0, 8);
      wav.length = number(content, 8, 8);
    }
    if (chunk.starts_with("fmt ")) format = fixed(content, hints);
    place += static_cast<std::int64_t>((bytes + layout.padding - 1) / layout.padding * layout.padding);
  }
}

/// Returns: the mask in a comment of a FLAC file, as libFLAC's tools write it; 0 if there is none. libsndfile
/// has no such comments.
std::uint32_t flac_mask(Input& input) {
  constexpr std::string_view kName = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x";
  constexpr char kComments = 4;
  constexpr char kLast = '\x80';
  std::string block = "fLaC";
  for (std::int64_t place = 4; (block[0] & kLast) == 0;) {
    block = input.read_at(place, 4);
    if (block.size() < 4) break;
    const std::string length{block[3], block[2], block[1]};
    if ((block[0] & ~kLast) == kComments) {
      const std::string comments = input.read_at(place + 4, static_cast<std::size_t>(number(length, 0, 3)));
      const std::size_t found = comments.find(kName);
      if (found == std::string::npos) return 0;
      return static_cast<std::uint32_t>(std::strtoul(comments.c_str() + found + kName.size(), nullptr, 16));
    }
    place += 4 + static_cast<std::int64_t>(number(length, 0, 3));
  }
  return 0;
}

bool is_mpeg_frame(std::string_view start) {
  return start.size() > 1 && start[0] == '\xFF' && (start[1] & 0xE0) == 0xE0;
}

/// Returns: whether that may follow a tag. Zeros may come between.
bool is_beginning(std::string_view start) {
  constexpr std::string_view kKinds[] = {"ID3",  "OggS", "fLaC", "RIFF", "RF64",   "BW64",
                                         "FORM", ".snd", "caff", "riff", {"\0", 1}};
  return is_mpeg_frame(start) ||
         std::ranges::any_of(kKinds, [&](std::string_view kind) { return start.starts_with(kind); });
}

/// Effects: has the input begin after its ID3v2 tags, as what follows them decides the kind. Four bytes of
/// seven bits each state a tag's length, at times wrongly.
void skip_tags(Input& input) {
  constexpr std::int64_t kHeader = 10;
  for (;;) {
    const std::string tag = input.read_at(0, kHeader);
    if (tag.size() < kHeader || !tag.starts_with("ID3")) return;
    std::int64_t bytes = 0;
    for (const char part : tag.substr(6)) bytes = bytes << 7 | (part & 0x7F);
    input.begin_at(is_beginning(input.read_at(kHeader + bytes, 4)) ? kHeader + bytes : kHeader);
  }
}

}  // namespace

Hints read_headers(Input& input) {
  skip_tags(input);
  Hints hints;
  const std::string start = input.read_at(0, 28);
  const std::string_view kind = std::string_view(start).substr(0, 4);
  if (start.find("WAVE") == 8 && (kind == "RIFF" || kind == "RF64" || kind == "BW64"))
    read_wav(input, {kind, kind == "RIFF" ? number(start, 4, 4) : 0}, kRiff, hints);
  if (kind == "riff" && start.find("wave") == 24) read_wav(input, {kind, number(start, 16, 8)}, kW64, hints);
  if (kind == "fLaC") hints.channel_mask = flac_mask(input);
  if (is_mpeg_frame(start)) hints.is_mpeg = true;
  return hints;
}

}  // namespace refwave::cli
