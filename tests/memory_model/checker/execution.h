// One execution of a scenario: its threads, each on a fiber, and the points between two steps, where the
// choices say which thread goes on. There is one object in the program, used again for every execution.
#pragma once

#include <ucontext.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/memory_model/checker/choices.h"
#include "tests/memory_model/checker/clock.h"

namespace refwave::memory_model {

/// A stack of its own for each thread of a scenario. All of them run on one thread of the system, so an
/// execution depends on nothing but its choices.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Effects: a switch to `context` calls `body()`, which must not return.
  void start(void (*body)()) noexcept;
  bool owns(std::uintptr_t address) const noexcept {
    return address - reinterpret_cast<std::uintptr_t>(stack_) < kStackBytes;
  }

  ucontext_t context{};

 private:
  static constexpr std::size_t kStackBytes = 512 * 1024;
  void* stack_;
};

/// `daemon`: an execution may end while the thread waits.
enum class Kind : std::uint8_t { ordinary, daemon };

struct Thread {
  enum class State : std::uint8_t { ready, blocked, done };

  Fiber fiber;
  State state = State::done;
  Kind kind = Kind::ordinary;
  bool starts = false;  // no step taken yet
  const char* name = "";
  std::function<void()> body;
  const void* waits_for = nullptr;
  Clock now;         // what happens before the thread's next step
  Clock released;    // at its last release fence
  Clock to_acquire;  // what its relaxed loads have read, for its next acquire fence
};

class Execution {
 public:
  void begin(Choices& choices) noexcept;
  void add_thread(const char* name, Kind kind, std::function<void()> body);
  /// Returns: whether nothing failed.
  bool run();

  Thread& self() noexcept { return threads_[self_]; }
  std::size_t self_number() const noexcept { return self_; }
  std::size_t count() const noexcept { return count_; }
  Thread& thread(std::size_t number) noexcept { return threads_[number]; }
  /// Returns: kThreads if there is none.
  std::size_t number_of(std::string_view name) const noexcept;
  Choices& choices() noexcept { return *choices_; }

  /// Effects: another thread may run before the caller's next step. `yields`: the caller waits for others.
  void point(bool yields = false);
  /// Effects: the caller runs again after a wake(`object`).
  void block(const void* object);
  /// Effects: every thread that waits for `object` looks again.
  void wake(const void* object) noexcept;

  /// A thread that stops before an access to some bytes, and goes on when another thread says so.
  struct Sleep {
    std::size_t thread = kThreads;
    Epoch left = 0;  // accesses to come, the last of which waits
    std::uintptr_t at = 0;
    std::size_t size = 0;
    bool has_begun = false;
    bool is_over = false;
  };
  Sleep& sleep() noexcept { return sleep_; }
  /// Effects: the running thread is about to access `at`. It may fall asleep.
  void before_access(std::uintptr_t at);

  Epoch tick() noexcept { return ++self().now.at[self_]; }
  /// Effects: ends the execution, which has failed. "@" and an address in `text` becomes a line of source.
  [[noreturn]] void fail(std::string text);
  /// Effects: as fail(), after the threads have ended.
  void note_failure(std::string text);
  const std::string& failure() const noexcept { return failure_; }

  std::int64_t now_ns = 0;  // the virtual clock

 private:
  static constexpr std::uint32_t kMostSteps = 100'000;

  static void enter();
  std::uint32_t ready() const noexcept;
  void switch_from(Thread& thread, std::size_t next);
  void leave_thread();
  void check_end();

  std::array<Thread, kThreads> threads_;
  std::size_t count_ = 0;
  std::size_t self_ = kThreads;
  Choices* choices_ = nullptr;
  ucontext_t home_{};  // run(), while a thread runs
  std::uint32_t steps_ = 0;
  bool failed_ = false;
  std::string failure_;
  Sleep sleep_;
};

Execution& execution() noexcept;

/// Effects: gives back the memory that the last execution has freed, and forgets its mutexes.
void begin_system();

/// Whether the running code is a scenario's thread. Accesses of other code are not recorded.
inline bool watching = false;

/// The checker at work, for the length of a scope.
class Unwatched {
 public:
  Unwatched() noexcept : before_(watching) { watching = false; }
  ~Unwatched() { watching = before_; }
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;

 private:
  bool before_;
};

}  // namespace refwave::memory_model
