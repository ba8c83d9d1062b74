// Vector clocks: which events of other threads happen before the present one. An event is a thread's number
// and an epoch, which counts that thread's steps.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace refwave::memory_model {

using Epoch = std::uint32_t;

/// The most threads of one scenario.
inline constexpr std::size_t kThreads = 8;

struct Clock {
  std::array<Epoch, kThreads> at{};
  /// The place of the newest seq_cst fence that happens before, in the order of all seq_cst operations; 0:
  /// none.
  std::uint32_t fence = 0;

  void join(const Clock& other) noexcept {
    for (std::size_t i = 0; i < kThreads; ++i) at[i] = std::max(at[i], other.at[i]);
    fence = std::max(fence, other.fence);
  }
  bool knows(std::size_t thread, Epoch epoch) const noexcept { return at[thread] >= epoch; }
};

}  // namespace refwave::memory_model
