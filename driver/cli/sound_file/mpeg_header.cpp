#include "driver/cli/sound_file/mpeg_header.h"

#include <fstream>
#include <string_view>

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

}  // namespace

bool states_its_length(const std::string& path) {
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
  for (const char* name : {"Xing", "Info", "VBRI"})
    if (start.find(name) != std::string::npos) return true;
  return false;
}

}  // namespace refwave::cli
