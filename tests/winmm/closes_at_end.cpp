#include "tests/winmm/closes_at_end.h"

namespace refwave::test {
namespace {

void (*close_drivers)() = nullptr;

[[gnu::destructor]] void end() {
  if (close_drivers != nullptr) close_drivers();
}

}  // namespace

[[gnu::visibility("default")]] void close_at_end(void (*close)()) { close_drivers = close; }

}  // namespace refwave::test
