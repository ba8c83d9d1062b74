// Counts what the calling thread allocates and frees, so that a test can show that a function does neither.
// Sees all of the program, C libraries included. How it listens is chosen by CMake.
#pragma once

#include <cstddef>

namespace refwave::test {

class AllocationTrap {
 public:
  AllocationTrap() noexcept;
  ~AllocationTrap();
  AllocationTrap(const AllocationTrap&) = delete;
  AllocationTrap& operator=(const AllocationTrap&) = delete;

  /// Returns: calls that allocated or freed on this thread since the trap was set.
  std::size_t calls() const noexcept;
};

}  // namespace refwave::test
