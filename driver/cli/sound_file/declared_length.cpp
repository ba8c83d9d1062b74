// Resource Interchange File Format (WAV), EA IFF 85 (AIFF) and Sun's .snd: an identifier of four letters, a
// length of 32 bits, and for the first two a chain of such chunks, each padded to an even length. RF64 (EBU
// Tech 3306) is WAV with a length of 64 bits in a chunk of its own.
#include "driver/cli/sound_file/declared_length.h"
#include "driver/cli/console/text.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace refwave::cli {
namespace {

enum class ByteOrder : std::uint8_t { little, big };

std::string read_name(std::istream& file) {
  std::array<char, 4> name{};
  file.read(name.data(), name.size());
  return {name.data(), static_cast<std::size_t>(file.gcount())};
}

std::uint32_t read_length(std::istream& file, ByteOrder order) {
  std::array<char, 4> bytes{};
  file.read(bytes.data(), bytes.size());
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t from_top = order == ByteOrder::big ? i : 3 - i;
    length = length << 8 | static_cast<unsigned char>(bytes[from_top]);
  }
  return length;
}

std::uint64_t beyond(std::uint64_t end, std::uint64_t file_size) {
  return end > file_size ? end - file_size : 0;
}

/// Returns: what chunk `wanted` promises beyond the file's end. `file` stands after the outer chunk's
/// length.
std::uint64_t missing_in_chunk(std::istream& file, std::string_view wanted, ByteOrder order,
                               std::uint64_t size) {
  file.seekg(12);
  while (file) {
    const std::string name = read_name(file);
    const std::uint32_t length = read_length(file, order);
    if (!file) return 0;
    const auto start = static_cast<std::uint64_t>(file.tellg());
    if (name == wanted) return length >= kOpenLength ? 0 : beyond(start + length, size);
    file.seekg(static_cast<std::streamoff>(length) + length % 2, std::ios::cur);
  }
  return 0;
}

/// Returns: the same of RF64. Its first chunk has the whole's length, and then the audio's, of 64 bits each.
std::uint64_t missing_in_rf64(std::istream& file, std::uint64_t size) {
  constexpr std::streamoff kAudioLength = 28;
  file.seekg(12);
  if (read_name(file) != "ds64") return 0;
  file.seekg(kAudioLength);
  const std::uint64_t low = read_length(file, ByteOrder::little);
  const std::uint64_t length = std::uint64_t{read_length(file, ByteOrder::little)} << 32 | low;
  file.seekg(12);
  while (file) {
    const bool is_audio = read_name(file) == "data";
    const std::uint32_t chunk = read_length(file, ByteOrder::little);
    if (!file) return 0;
    if (is_audio)
      return length >> 62 != 0 ? 0 : beyond(static_cast<std::uint64_t>(file.tellg()) + length, size);
    file.seekg(static_cast<std::streamoff>(chunk) + chunk % 2, std::ios::cur);
  }
  return 0;
}

}  // namespace

std::uint64_t missing_bytes(const std::string& path) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(to_path(path), error);
  std::ifstream file(to_path(path), std::ios::binary);
  if (error || !file) return 0;
  const std::string kind = read_name(file);
  if (kind == "RIFF") return missing_in_chunk(file, "data", ByteOrder::little, size);
  if (kind == "RF64") return missing_in_rf64(file, size);
  if (kind == "RIFX") return missing_in_chunk(file, "data", ByteOrder::big, size);
  if (kind == "FORM") return missing_in_chunk(file, "SSND", ByteOrder::big, size);
  if (kind != ".snd") return 0;
  const std::uint64_t start = read_length(file, ByteOrder::big);
  const std::uint32_t length = read_length(file, ByteOrder::big);
  return length >= kOpenLength ? 0 : beyond(start + length, size);
}

}  // namespace refwave::cli
