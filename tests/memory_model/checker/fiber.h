// A stack of its own for each thread of a scenario, and the switch between them. All of them run on one
// thread of the system, so an execution depends on nothing but its choices.
#pragma once

#include <cstddef>

namespace refwave::memory_model {

class Fiber {
 public:
  using Body = void (*)(void* argument);

  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Effects: the next switch to this fiber calls `body(argument)`, which must not return.
  void start(Body body, void* argument) noexcept;
  bool owns(const void* address) const noexcept {
    const auto* byte = static_cast<const std::byte*>(address);
    return byte >= stack_ && byte < stack_ + kStackBytes;
  }
  /// Effects: leaves the running code at `from`, and goes on at `to`.
  static void switch_to(void*& from, void* to) noexcept;

  void* where = nullptr;  // the stack pointer while the fiber does not run

 private:
  static constexpr std::size_t kStackBytes = 512 * 1024;
  std::byte* stack_;
};

}  // namespace refwave::memory_model
