#include "driver/cli/sound_file/decoders/mpeg_header.h"

#include <array>
#include <cstdint>
#include <fstream>

#include "driver/cli/console/text.h"

namespace refwave::cli {
namespace {

/// Returns: the bytes of the ID3v2 tag at the beginning, its header included; 0 if there is none. Four bytes
/// of seven bits each state its length.
std::size_t tag_bytes(std::string_view start) {
  constexpr std::size_t kHeader = 10;
  if (start.size() < kHeader || !start.starts_with("ID3")) return 0;
  std::size_t length = 0;
  for (std::size_t i = 6; i < kHeader; ++i)
    length = length << 7 | (static_cast<unsigned char>(start[i]) & 0x7F);
  return kHeader + length;
}

/// A header's first 32 bits, from the top: eleven ones, version, layer, protection, rate of bits, rate,
/// padding, and what does not matter here.
struct Header {
  std::uint32_t bits;

  bool begins_well() const { return bits >> 21 == 0x7FF; }
  std::uint32_t version() const { return bits >> 19 & 3; }  // 3: 1, 2: 2, 0: 2.5
  std::uint32_t layer() const { return 4 - (bits >> 17 & 3); }
  std::uint32_t bit_rate() const { return bits >> 12 & 15; }
  std::uint32_t rate() const { return bits >> 10 & 3; }
  std::uint32_t padding() const { return bits >> 9 & 1; }
  bool is_valid() const {
    return begins_well() && version() != 1 && layer() != 4 && bit_rate() != 0 && bit_rate() != 15 &&
           rate() != 3;
  }
};

Header header_of(std::string_view bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i)
    bits = bits << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  return {bits};
}

/// Returns: whether both are frames of one stream.
bool belongs_to(Header frame, Header other) {
  return frame.version() == other.version() && frame.layer() == other.layer() && frame.rate() == other.rate();
}

/// Returns: bits a second / 1000.
std::uint32_t bit_rate_of(Header header) {
  constexpr std::array<std::array<std::uint16_t, 15>, 5> kRates = {{
      {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
      {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
      {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
      {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
  }};
  const std::uint32_t table = header.version() == 3 ? header.layer() - 1 : header.layer() == 1 ? 3 : 4;
  return kRates[table][header.bit_rate()];
}

/// Returns: the position in `tail` behind its last whole frame, from a place on at which some frames follow
/// each other; nothing if there is no such place.
std::optional<std::size_t> end_of_frames(std::string_view tail, std::size_t from) {
  constexpr std::size_t kEnough = 3;
  const Header first = header_of(tail.substr(from));
  std::size_t frames = 0;
  std::size_t at = from;
  for (auto bytes = mpeg_frame_bytes(tail.substr(at)); bytes && at + *bytes <= tail.size();
       bytes = mpeg_frame_bytes(tail.substr(at))) {
    if (!belongs_to(header_of(tail.substr(at)), first)) break;
    at += *bytes;
    ++frames;
  }
  return frames < kEnough ? std::nullopt : std::optional(at);
}

/// Returns: the first bytes after the tag, as many as may name the length.
std::string first_frame_of(const std::string& path) {
  constexpr std::size_t kFurthest = 64;  // from a frame's beginning to the name: 36 and 4 at most
  std::ifstream file(to_path(path), std::ios::binary);
  std::string start(kFurthest, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (const std::size_t tag = tag_bytes(start)) {
    file.clear();
    file.seekg(static_cast<std::streamoff>(tag));
    start.assign(kFurthest, '\0');
    file.read(start.data(), static_cast<std::streamsize>(start.size()));
  }
  return start;
}

bool names_its_length(const std::string& first_frame) {
  for (const char* name : {"Xing", "Info", "VBRI"})
    if (first_frame.find(name) != std::string::npos) return true;
  return false;
}

}  // namespace

bool may_be_mpeg(std::string_view beginning) {
  return beginning.starts_with("ID3") || mpeg_frame_bytes(beginning).has_value();
}

std::optional<std::size_t> mpeg_frame_bytes(std::string_view bytes) {
  constexpr std::uint32_t kRates[] = {44'100, 48'000, 32'000};
  const Header header = header_of(bytes);
  if (bytes.size() < 4 || !header.is_valid()) return std::nullopt;
  const std::uint32_t shift = header.version() == 3 ? 0 : header.version() == 2 ? 1 : 2;
  const std::uint32_t rate = kRates[header.rate()] >> shift;
  const std::uint32_t bits = bit_rate_of(header) * 1000;
  if (header.layer() == 1) return 4 * (12 * bits / rate + header.padding());
  const std::uint32_t half = header.layer() == 3 && header.version() != 3 ? 72 : 144;
  return half * bits / rate + header.padding();
}

bool ends_within_frame(std::string_view tail) {
  for (std::size_t from = 0; from + 4 <= tail.size(); ++from) {
    const auto end = end_of_frames(tail, from);
    if (!end) continue;
    const std::string_view rest = tail.substr(*end);
    if (rest.size() < 4) return rest.starts_with('\xFF');
    return mpeg_frame_bytes(rest) && belongs_to(header_of(rest), header_of(tail.substr(from)));
  }
  return false;
}

bool states_its_length(const std::string& path) { return names_its_length(first_frame_of(path)); }

bool is_mpeg_of_unknown_length(const std::string& path) {
  const std::string start = first_frame_of(path);
  return mpeg_frame_bytes(start) && !names_its_length(start);
}

}  // namespace refwave::cli
