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

constexpr std::array kKept{
    Kept{"core/ring/block_ring.h", "Cursor written() const", "acquire → relaxed",
         "today's callers hold the writers' mutex; one without it would need the order"},
    Kept{"core/lanes/delivery.cpp", "idle, Call::handed", "release → relaxed",
         "the exchange before it has released the same; nobody should have to rely on that"},
    Kept{"core/lanes/delivery.cpp", "slot_.pending.store(0", "release → relaxed",
         "every way to zero is alike for the next open, which need not know which it was"},
    Kept{"core/lanes/voice_speed.cpp", "stage_ = new_stage_.load", "acquire → relaxed",
         "it makes a whole stage visible; no scenario makes one, because each execution would design its "
         "filter"},
};

}  // namespace

std::string_view reason_to_keep(std::string_view file, std::string_view line, std::string_view weaker) {
  for (const Kept& kept : kKept) {
    if (file.ends_with(kept.file) && line.find(kept.text) != std::string_view::npos && weaker == kept.weaker)
      return kept.reason;
  }
  return {};
}

}  // namespace refwave::memory_model
