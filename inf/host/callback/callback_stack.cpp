// One mapping holds all stacks, each above a page that faults. Free ones are the set bits of one word.
#include "inf/host/callback/callback_stack.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cstdint>

namespace refwave::host {
namespace {

/// Room above the first frame: a callback may tail-call a variadic function such as syscall(), which reads
/// arguments there even if none were passed.
constexpr std::size_t kAboveFirstFrame = 64;

class StackPool {
 public:
  StackPool() : guard_bytes_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    const std::size_t bytes = kCallbackStacks * stride();
    void* memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    // Then callbacks run on the caller's stack.
    if (memory == MAP_FAILED) return;
    memory_ = static_cast<std::byte*>(memory);
    for (unsigned i = 0; i < kCallbackStacks; ++i) mprotect(memory_ + i * stride(), guard_bytes_, PROT_NONE);
    // Relaxed: before any other thread sees the pool.
    free_.store(~std::uint32_t{0}, std::memory_order_relaxed);
  }

  /// Returns: the number of a stack that the caller now owns; kCallbackStacks if none is free.
  unsigned claim() {
    // Relaxed: only a first guess.
    std::uint32_t free = free_.load(std::memory_order_relaxed);
    while (free != 0) {
      // Acquire: pairs with give_back(). The last user's frames are dead.
      if (free_.compare_exchange_weak(free, free & (free - 1), std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return static_cast<unsigned>(std::countr_zero(free));
      }
    }
    return kCallbackStacks;
  }

  void give_back(unsigned stack) {
    // Pairs with claim().
    free_.fetch_or(std::uint32_t{1} << stack, std::memory_order_release);
  }

  std::byte* low(unsigned stack) const { return memory_ + stack * stride() + guard_bytes_; }

 private:
  std::size_t stride() const { return guard_bytes_ + kCallbackStackBytes; }

  std::size_t guard_bytes_;
  std::byte* memory_ = nullptr;
  std::atomic<std::uint32_t> free_ = 0;
  static_assert(kCallbackStacks == 32, "one bit a stack");
};

StackPool& stack_pool() {
  static auto& pool = *new StackPool;  // never destroyed: callbacks may run while the process exits
  return pool;
}

}  // namespace

void call_on_callback_stack(StackFunction function, void* argument) {
  StackPool& pool = stack_pool();
  const unsigned stack = pool.claim();
  if (stack == kCallbackStacks) {
    function(argument);
    return;
  }
  enter_stack(pool.low(stack), pool.low(stack) + kCallbackStackBytes - kAboveFirstFrame, function, argument);
  pool.give_back(stack);
}

}  // namespace refwave::host
