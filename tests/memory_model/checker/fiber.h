// A stack of its own for each thread of a scenario. All of them run on one thread of the system, so an
// execution depends on nothing but its choices.
#pragma once

#include <ucontext.h>

#include <cstddef>

namespace refwave::memory_model {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Effects: a switch to `context` calls `body()`, which must not return.
  void start(void (*body)()) noexcept;
  bool owns(const void* address) const noexcept {
    const auto* byte = static_cast<const std::byte*>(address);
    return byte >= stack_ && byte < stack_ + kStackBytes;
  }

  ucontext_t context{};

 private:
  static constexpr std::size_t kStackBytes = 512 * 1024;
  std::byte* stack_;
};

}  // namespace refwave::memory_model
