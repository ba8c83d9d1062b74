#include "driver/cli/sound_file/decoders/ogg_end.h"

namespace refwave::cli {
namespace {

std::size_t byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

}  // namespace

bool lacks_last_page(std::string_view tail) {
  constexpr std::size_t kFlags = 5;
  constexpr std::size_t kEndOfStream = 4;
  constexpr std::size_t kSegments = 26;
  const std::size_t last = tail.rfind(kOggMark);
  if (last == std::string_view::npos) return true;
  const std::string_view page = tail.substr(last);
  if (page.size() <= kSegments || (byte_at(page, kFlags) & kEndOfStream) == 0) return true;
  const std::size_t segments = byte_at(page, kSegments);
  std::size_t bytes = kSegments + 1 + segments;
  for (std::size_t i = 1; i <= segments && kSegments + i < page.size(); ++i)
    bytes += byte_at(page, kSegments + i);
  return page.size() < bytes;
}

}  // namespace refwave::cli
