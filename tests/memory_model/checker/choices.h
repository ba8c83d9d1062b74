// The choices that make an execution: which thread takes the next step, which of several stores a load reads,
// where a store comes in the order of its location.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tests/memory_model/checker/clock.h"

namespace refwave::memory_model {

/// Choices by chance. Two schedulers take turns: one changes the thread with a probability of its own in each
/// execution; the other runs the thread with the highest priority and lowers it at a few random steps (PCT:
/// "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", 2010).
class Choices {
 public:
  /// `seed`: of the first execution; each further execution has the next number.
  explicit Choices(std::uint64_t seed) noexcept : next_seed_(seed) {}
  void begin() noexcept;
  /// Returns: one of the threads in `ready`, a set of bits. `current`: the thread that runs, or kThreads.
  /// `yields`: it waits for others.
  std::size_t thread(std::uint32_t ready, std::size_t current, bool yields) noexcept;
  /// Returns: a number below `count`. 0 is the ordinary case: the newest store, no failure.
  std::size_t unusual(std::size_t count) noexcept;
  /// Returns: a number below `count`.
  std::size_t any(std::size_t count) noexcept;
  std::uint64_t seed() const noexcept { return next_seed_ - 1; }

 private:
  std::uint64_t next() noexcept;
  std::size_t highest(std::uint32_t ready) const noexcept;
  std::size_t by_priority(std::uint32_t ready, std::size_t current, bool yields) noexcept;

  static constexpr std::size_t kChanges = 3;
  static constexpr std::uint32_t kTurn = 100;

  std::uint64_t next_seed_;
  std::uint64_t state_ = 0;
  bool by_priority_ = false;
  bool is_fair_ = true;        // no thread takes more than kTurn steps in a turn, though it may be spinning
  std::uint32_t turn_ = 0;     // steps of the present thread
  std::uint32_t stay_ = 0;     // of 256 steps, so many stay with the thread
  std::uint32_t unusual_ = 0;  // of 256 choices, so many are unusual
  std::uint32_t step_ = 0;
  std::int32_t lowest_ = 0;
  std::array<std::int32_t, kThreads> priority_{};
  std::array<std::uint32_t, kChanges> changes_{};  // the steps at which a priority falls
};

}  // namespace refwave::memory_model
