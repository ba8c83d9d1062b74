#include "tests/memory_model/kept_orders.h"

#include <array>

namespace refwave::memory_model {
namespace {

struct Kept {
  std::string_view file;
  std::string_view text;
  std::string_view weaker;
  std::string_view reason;
};

constexpr std::array<Kept, 0> kKept{};

}  // namespace

std::string_view reason_to_keep(std::string_view file, std::string_view line, std::string_view weaker) {
  for (const Kept& kept : kKept) {
    if (file.ends_with(kept.file) && line.find(kept.text) != std::string_view::npos && weaker == kept.weaker)
      return kept.reason;
  }
  return {};
}

}  // namespace refwave::memory_model
