// The scheduler: one fiber runs, the others are ready or wait. It needs no lock, because there is one thread.
#include <cxxabi.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "tests/simulation/simulation.h"

// AddressSanitizer must know when the stack changes. Null without it.
extern "C" {
[[gnu::weak]] void start_switch(void** save, const void* bottom,
                                std::size_t size) asm("__sanitizer_start_switch_fiber");
[[gnu::weak]] void finish_switch(void* save, const void** bottom,
                                 std::size_t* size) asm("__sanitizer_finish_switch_fiber");
}

namespace refwave::simulation {

namespace {

constexpr std::size_t kStackBytes = 1024 * 1024;
constexpr std::int64_t kBegin = 1'000'000'000'000;  // a machine that has been up for a while

enum class State : std::uint8_t { ready, running, waiting, ended };

/// The exceptions that a thread handles just now: the C++ library's two words, which a fiber takes with it.
struct Handled {
  void* caught = nullptr;
  unsigned int uncaught = 0;
};

}  // namespace

struct Fiber {
  ucontext_t context{};
  std::byte* stack = nullptr;
  void* fake_stack = nullptr;
  Body body = nullptr;
  void* argument = nullptr;
  void* result = nullptr;
  State state = State::ready;
  bool detached = false;
  bool timed_out = false;
  bool is_test = false;
  bool is_in_callback = false;
  int wakes = 0;  // of this callback
  const void* waits_for = nullptr;
  std::int64_t wake_ns = kNever;
  Handled handled;
  int error = 0;
  int number = 0;
  std::array<char, 16> name{};
};

std::uint32_t Dice::next() noexcept {
  // SplitMix64.
  state_ += 0x9E37'79B9'7F4A'7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EBU;
  return static_cast<std::uint32_t>((mixed ^ (mixed >> 31)) >> 16);
}

namespace {

struct Scheduler {
  static constexpr std::size_t kMostThreads = 1'024;  // more than any schedule has

  Scheduler() {
    fibers.push_back(std::make_unique<Fiber>());
    current = fibers.front().get();
    current->state = State::running;
    current->name = {"main"};
    // The driver's calls make no list longer, which would count as the driver's memory.
    ready.reserve(kMostThreads);
    found.reserve(kMostThreads);
  }
  bool is_alone() const noexcept { return fibers.size() == 1; }

  std::byte* take_stack() {
    if (!stacks.empty()) {
      std::byte* const stack = stacks.back();
      stacks.pop_back();
      return stack;
    }
    void* const fresh = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (fresh == MAP_FAILED) std::abort();
    return static_cast<std::byte*>(fresh);
  }

  /// Effects: frees threads that have ended and are not joined.
  void reap() {
    std::erase_if(fibers, [this](const auto& fiber) {
      if (fiber->state != State::ended || !fiber->detached) return false;
      stacks.push_back(fiber->stack);
      return true;
    });
  }

  void make_ready(Fiber& fiber, bool timed_out) noexcept {
    fiber.state = State::ready;
    fiber.waits_for = nullptr;
    fiber.timed_out = timed_out;
    ready.push_back(&fiber);
  }

  void wake(const void* object, bool all) noexcept {
    found.clear();
    for (const auto& fiber : fibers) {
      if (fiber->state == State::waiting && fiber->waits_for == object) found.push_back(fiber.get());
    }
    if (found.empty()) return;
    if (!all) return make_ready(*found[dice.below(static_cast<std::uint32_t>(found.size()))], false);
    for (Fiber* fiber : found) make_ready(*fiber, false);
  }

  void wake_due() noexcept {
    if (time_ns < next_due_ns) return;
    next_due_ns = kNever;
    for (const auto& fiber : fibers) {
      if (fiber->state != State::waiting) continue;
      if (fiber->wake_ns <= time_ns) {
        make_ready(*fiber, true);
      } else {
        next_due_ns = std::min(next_due_ns, fiber->wake_ns);
      }
    }
  }

  /// Effects: the current thread, which is not running any more, gives way to one that is ready.
  void switch_away() {
    for (;;) {
      wake_due();
      if (!ready.empty()) break;
      if (next_due_ns == kNever || time_ns > latest_ns) deadlock();
      time_ns = std::max(time_ns, next_due_ns);
    }
    const std::size_t chosen = dice.below(static_cast<std::uint32_t>(ready.size()));
    Fiber& next = *ready[chosen];
    ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(chosen));
    next.state = State::running;
    if (&next != current) switch_to(next);
  }

  void yield() {
    wake_due();
    if (ready.empty()) return;
    current->state = State::ready;
    ready.push_back(current);
    switch_away();
  }

  [[noreturn]] void end(void* result) {
    current->result = result;
    current->state = State::ended;
    wake(current, true);
    switch_away();
    std::abort();
  }

  void switch_to(Fiber& next) {
    Fiber& before = *current;
    auto& handled = *reinterpret_cast<Handled*>(abi::__cxa_get_globals());
    before.handled = std::exchange(handled, next.handled);
    before.error = errno;
    current = &next;
    if (start_switch != nullptr)
      start_switch(before.state == State::ended ? nullptr : &before.fake_stack,
                   next.stack ? next.stack : main_bottom, next.stack ? kStackBytes : main_size);
    swapcontext(&before.context, &next.context);
    arrive(before);
    errno = before.error;
  }

  /// Effects: tells AddressSanitizer that `fiber` runs.
  void arrive(Fiber& fiber) {
    if (finish_switch == nullptr) return;
    const void* bottom = nullptr;
    std::size_t size = 0;
    finish_switch(fiber.fake_stack, &bottom, &size);
    if (main_bottom == nullptr) {
      main_bottom = bottom;
      main_size = size;
    }
  }

  [[noreturn]] void deadlock() const {
    if (report != nullptr) report();
    std::printf("no thread can go on:\n%s", waits().c_str());
    std::fflush(stdout);
    std::_Exit(1);
  }

  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> ready;
  std::vector<Fiber*> found;
  std::vector<std::byte*> stacks;
  Fiber* current = nullptr;
  Dice dice{0};
  std::int64_t time_ns = kBegin;
  std::int64_t next_due_ns = kNever;
  std::int64_t latest_ns = kNever;
  int created = 0;
  void (*report)() = nullptr;
  const void* main_bottom = nullptr;
  std::size_t main_size = 0;
};

const char* forbidden = nullptr;  // the first call of a callback that is
int most_wakes_seen = 0;          // of one callback

Scheduler* the_scheduler = nullptr;

/// Made at the first use, which is before main(). Never destroyed, because the last destructors lock, too.
Scheduler& scheduler() {
  if (the_scheduler == nullptr) the_scheduler = new Scheduler;
  return *the_scheduler;
}

void enter() {
  Scheduler& all = scheduler();
  Fiber& me = *all.current;
  all.arrive(me);
  all.end(me.body(me.argument));
}

}  // namespace

void begin(std::uint64_t seed) {
  Scheduler& all = scheduler();
  all.dice = Dice(seed);
  all.reap();
  all.time_ns = kBegin;
  all.latest_ns = kNever;
  forbidden = nullptr;
  most_wakes_seen = 0;
}

std::int64_t now_ns() noexcept { return scheduler().time_ns; }

void sleep_until(std::int64_t deadline_ns) {
  static const int nothing = 0;
  if (deadline_ns > now_ns()) wait_for(&nothing, deadline_ns);
}

void stop_process(std::int64_t for_ns) noexcept { scheduler().time_ns += for_ns; }
void die() noexcept { scheduler().end(nullptr); }

std::size_t threads() noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      scheduler().fibers, [](const auto& fiber) { return fiber->state != State::ended; }));
}

std::string waits() {
  std::string all;
  for (const auto& fiber : scheduler().fibers) {
    if (fiber->state == State::ended) continue;
    all += "    " + std::string(fiber->name.data()) + " " + std::to_string(fiber->number) +
           (fiber->state == State::waiting ? " waits" : " could go on");
    if (fiber->wake_ns != kNever && fiber->state == State::waiting)
      all += " for " + std::to_string((fiber->wake_ns - now_ns()) / 1'000) + " us";
    all += "\n";
  }
  return all;
}

void on_deadlock(void (*report)()) { scheduler().report = report; }
void end_at(std::int64_t latest_ns) { scheduler().latest_ns = latest_ns; }

TestCode::TestCode(bool is_test) noexcept : before_(std::exchange(self()->is_test, is_test)) {}
TestCode::~TestCode() { self()->is_test = before_; }
// Also asked while the scheduler is being made.
bool is_test_code() noexcept { return the_scheduler == nullptr || the_scheduler->current->is_test; }

namespace {

bool is_bound() noexcept { return !is_test_code() && self()->is_in_callback; }

}  // namespace

AudioScope::AudioScope(bool is_inside) noexcept : before_(std::exchange(self()->is_in_callback, is_inside)) {
  if (is_inside) self()->wakes = 0;
}
AudioScope::~AudioScope() { self()->is_in_callback = before_; }

void note_call(const char* function) noexcept {
  if (is_bound() && forbidden == nullptr) forbidden = function;
}
void note_wake() noexcept {
  if (is_bound()) most_wakes_seen = std::max(most_wakes_seen, ++self()->wakes);
}
std::string offence(int most_wakes) {
  if (forbidden != nullptr) return std::string("an audio callback calls ") + forbidden;
  if (most_wakes_seen > most_wakes)
    return "an audio callback wakes " + std::to_string(most_wakes_seen) + " threads";
  return {};
}

Mishaps& mishaps() noexcept {
  static Mishaps the_mishaps;
  return the_mishaps;
}

Fiber* create(Body body, void* argument) {
  Scheduler& all = scheduler();
  all.reap();
  auto fiber = std::make_unique<Fiber>();
  fiber->body = body;
  fiber->argument = argument;
  fiber->number = ++all.created;
  fiber->stack = all.take_stack();
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = kStackBytes;
  makecontext(&fiber->context, &enter, 0);
  all.ready.push_back(fiber.get());
  all.fibers.push_back(std::move(fiber));
  return all.fibers.back().get();
}

Fiber* self() noexcept { return scheduler().current; }

void* join(Fiber* fiber) {
  while (fiber->state != State::ended) wait_for(fiber, kNever);
  fiber->detached = true;
  return fiber->result;
}

void detach(Fiber* fiber) noexcept { fiber->detached = true; }

void name(Fiber* fiber, const char* text) noexcept {
  std::strncpy(fiber->name.data(), text, fiber->name.size() - 1);
}

int number_of(const Fiber* fiber) noexcept { return fiber->number; }

bool wait_for(const void* object, std::int64_t deadline_ns) {
  Scheduler& all = scheduler();
  Fiber& me = *all.current;
  me.state = State::waiting;
  me.waits_for = object;
  me.wake_ns = deadline_ns;
  me.timed_out = false;
  all.next_due_ns = std::min(all.next_due_ns, deadline_ns);
  all.switch_away();
  return !me.timed_out;
}

void wake_one(const void* object) noexcept { scheduler().wake(object, false); }
void wake_all(const void* object) noexcept { scheduler().wake(object, true); }

void maybe_switch() {
  constexpr std::uint32_t kRarely = 16;
  Scheduler& all = scheduler();
  if (!all.is_alone() && all.dice.once_in(kRarely)) all.yield();
}

void spend(std::int64_t cost_ns) {
  constexpr std::uint32_t kRarely = 64;
  constexpr std::uint32_t kSeldom = 1'024;
  Scheduler& all = scheduler();
  all.time_ns += cost_ns;
  if (all.is_alone()) return;
  // A busy machine.
  if (all.dice.once_in(kSeldom)) all.time_ns += all.dice.between(1'000, 2 * kMs);
  if (all.dice.once_in(kRarely)) all.yield();
}

void yield(std::int64_t ns) {
  scheduler().time_ns += ns;
  scheduler().yield();
}

}  // namespace refwave::simulation
