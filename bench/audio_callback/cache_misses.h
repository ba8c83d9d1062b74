// The processor's own count of memory accesses that missed its caches, for the calling thread. The system
// must grant it, and many virtual machines have no such counter.
#pragma once

#include <cstdint>
#include <optional>

namespace refwave::bench {

class CacheMisses {
 public:
  CacheMisses() noexcept;
  ~CacheMisses();
  CacheMisses(const CacheMisses&) = delete;
  CacheMisses& operator=(const CacheMisses&) = delete;

  void resume() noexcept;
  void pause() noexcept;
  /// Returns: all misses between resume() and pause(); nothing if they cannot be counted.
  std::optional<std::uint64_t> count() const noexcept;

 private:
  int counter_;  // a file descriptor of perf_event_open; -1
};

}  // namespace refwave::bench
