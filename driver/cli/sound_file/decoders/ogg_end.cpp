#include "driver/cli/sound_file/decoders/ogg_end.h"

#include <algorithm>
#include <fstream>

#include "driver/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::string_view kMark = "OggS";
constexpr std::streamoff kLastPages = 128 * 1024;  // a page has 65307 bytes at most

std::size_t byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

}  // namespace

bool lacks_last_page(std::string_view tail) {
  constexpr std::size_t kFlags = 5;
  constexpr std::size_t kEndOfStream = 4;
  constexpr std::size_t kSegments = 26;
  const std::size_t last = tail.rfind(kMark);
  if (last == std::string_view::npos) return true;
  const std::string_view page = tail.substr(last);
  if (page.size() <= kSegments || (byte_at(page, kFlags) & kEndOfStream) == 0) return true;
  const std::size_t segments = byte_at(page, kSegments);
  std::size_t bytes = kSegments + 1 + segments;
  for (std::size_t i = 1; i <= segments && kSegments + i < page.size(); ++i)
    bytes += byte_at(page, kSegments + i);
  return page.size() < bytes;
}

bool lacks_ogg_end(const std::string& path) {
  std::ifstream file(to_path(path), std::ios::binary);
  std::string bytes(kMark.size(), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (bytes != kMark) return false;
  file.seekg(0, std::ios::end);
  const std::streamoff size = file.tellg();
  const std::streamoff start = std::max<std::streamoff>(size - kLastPages, 0);
  file.seekg(start);
  bytes.resize(static_cast<std::size_t>(std::max<std::streamoff>(size - start, 0)));
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return lacks_last_page(bytes);
}

}  // namespace refwave::cli
