// Simulated threads and time. In a program that links this folder, every thread is a fiber of one system
// thread, and the clock stands still except where the simulation moves it on. A seed decides which thread
// goes on at each wait, lock and look at the clock. So a run is a function of its seed, and hours pass in
// seconds. posix_linux.cpp puts the simulation in the place of the C library's threads and clocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace refwave::simulation {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kMs = 1'000'000;

/// Random numbers, the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E37'79B9'7F4A'7C15U + 1) {}
  std::uint32_t next() noexcept;
  /// Returns: 0 to `count` - 1.
  std::uint32_t below(std::uint32_t count) noexcept { return next() % count; }
  /// Returns: `least` to `most`.
  std::int64_t between(std::int64_t least, std::int64_t most) noexcept {
    return least + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool once_in(std::uint32_t count) noexcept { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

/// Effects: all choices from here on follow from `seed`. The caller is the only thread that has not ended.
void begin(std::uint64_t seed);
/// Returns: the time, without an effect on it.
std::int64_t now_ns() noexcept;
/// Effects: the caller waits; the others go on.
void sleep_until(std::int64_t deadline_ns);
/// Effects: time passes, and no thread runs: the process was stopped.
void stop_process(std::int64_t for_ns) noexcept;
/// Effects: the caller ends here and now, without unwinding.
[[noreturn]] void die() noexcept;
/// Returns: how many threads have not ended, the caller included.
std::size_t threads() noexcept;
/// Returns: what each thread is waiting for, a line each.
std::string waits();
/// What is done when no thread can ever go on. Otherwise the program aborts.
void on_deadlock(void (*report)());

/// Effects: a run that is not over at that time has failed, as if no thread could go on.
void end_at(std::int64_t latest_ns);

/// While it lives, the thread that made it runs the test's own code: faults that are injected are not for it.
class TestCode {
 public:
  explicit TestCode(bool is_test = true) noexcept;
  ~TestCode();
  TestCode(const TestCode&) = delete;
  TestCode& operator=(const TestCode&) = delete;

 private:
  const bool before_;
};
/// Returns: whether the caller runs the test's own code.
bool is_test_code() noexcept;

/// While it lives, the thread that made it is inside a device's callback, where the driver may not allocate,
/// lock or wait, and wakes one thread at most. `is_inside`: false for a client that is called from there.
class AudioScope {
 public:
  explicit AudioScope(bool is_inside) noexcept;
  ~AudioScope();
  AudioScope(const AudioScope&) = delete;
  AudioScope& operator=(const AudioScope&) = delete;

 private:
  const bool before_;
};
/// Effects: notes that the caller is about to do this. Test code may do everything.
void note_call(const char* function) noexcept;
void note_wake() noexcept;
/// Returns: what a callback has done since begin() although it may not; empty if nothing. `most_wakes`: so
/// many are allowed.
std::string offence(int most_wakes);

/// What may go wrong in the C library: asked before a thread starts, and in each wait. Null: nothing.
struct Mishaps {
  bool (*no_thread)() = nullptr;
  bool (*interrupted)() = nullptr;
};
Mishaps& mishaps() noexcept;

/// A thread of the simulation. Its members are the scheduler's.
struct Fiber;
using Body = void* (*)(void*);

/// For posix_linux.cpp: threads, and waits. A wait is for an object's address, and ends by wake_one() or
/// wake_all() of the same address, or at the deadline.
Fiber* create(Body body, void* argument);
Fiber* self() noexcept;
void* join(Fiber* fiber);
void detach(Fiber* fiber) noexcept;
void name(Fiber* fiber, const char* text) noexcept;
int number_of(const Fiber* fiber) noexcept;
/// Returns: whether it was woken; false at the deadline.
bool wait_for(const void* object, std::int64_t deadline_ns = kNever);
void wake_one(const void* object) noexcept;
void wake_all(const void* object) noexcept;
/// Effects: another thread may go on here.
void maybe_switch();
/// Effects: `cost_ns` pass, and sometimes more; another thread may go on here.
void spend(std::int64_t cost_ns);
/// Effects: `ns` pass, and another thread goes on if one can.
void yield(std::int64_t ns);

}  // namespace refwave::simulation
