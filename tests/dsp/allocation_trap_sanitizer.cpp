// The trap where a sanitizer has replaced the allocator: through the hooks that it offers.
#include "tests/dsp/allocation_trap.h"

// Declared here because gcc has the function and not <sanitizer/allocator_interface.h>.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void*, std::size_t),
                                                         void (*released)(const volatile void*));

namespace {
thread_local bool armed = false;
thread_local std::size_t counted = 0;

void count_allocation(const volatile void*, std::size_t) {
  if (armed) ++counted;
}
void count_release(const volatile void*) {
  if (armed) ++counted;
}
}  // namespace

namespace refwave::test {
AllocationTrap::AllocationTrap() noexcept {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(count_allocation, count_release);
  counted = installed == 0 ? 1 : 0;  // a trap that cannot listen must not pass
  armed = true;
}
AllocationTrap::~AllocationTrap() { armed = false; }
std::size_t AllocationTrap::calls() const noexcept { return counted; }
}  // namespace refwave::test
