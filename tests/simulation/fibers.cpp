// The scheduler: one fiber runs, the others are ready or wait. It needs no lock, because there is one thread.
#include <cxxabi.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

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

// AddressSanitizer has to be told of a change of stacks. They are null without it.
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

class Scheduler {
 public:
  static constexpr std::size_t kMostThreads = 1'024;  // more than any schedule has

  Scheduler() {
    fibers_.push_back(std::make_unique<Fiber>());
    current_ = fibers_.front().get();
    current_->state = State::running;
    current_->name = {"main"};
    // The driver's calls make no list longer, which would count as the driver's memory.
    ready_.reserve(kMostThreads);
    found_.reserve(kMostThreads);
  }

  void begin(std::uint64_t seed) {
    dice_ = Dice(seed);
    reap();
    now_ns_ = kBegin;
    latest_ns_ = kNever;
  }

  Fiber* create(Body body, void* argument) {
    reap();
    auto fiber = std::make_unique<Fiber>();
    fiber->body = body;
    fiber->argument = argument;
    fiber->number = ++created_;
    fiber->stack = take_stack();
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = kStackBytes;
    makecontext(&fiber->context, &Scheduler::enter, 0);
    ready_.push_back(fiber.get());
    fibers_.push_back(std::move(fiber));
    return fibers_.back().get();
  }

  /// Effects: the caller waits until another thread, or the time, makes it ready.
  bool wait_for(const void* object, std::int64_t deadline_ns) {
    Fiber& me = *current_;
    me.state = State::waiting;
    me.waits_for = object;
    me.wake_ns = deadline_ns;
    me.timed_out = false;
    next_due_ns_ = std::min(next_due_ns_, deadline_ns);
    go_on_with(next());
    return !me.timed_out;
  }

  void wake(const void* object, bool all) noexcept {
    std::vector<Fiber*>& found = found_;
    found.clear();
    for (const auto& fiber : fibers_) {
      if (fiber->state == State::waiting && fiber->waits_for == object) found.push_back(fiber.get());
    }
    if (found.empty()) return;
    if (!all) return make_ready(*found[dice_.below(static_cast<std::uint32_t>(found.size()))], false);
    for (Fiber* fiber : found) make_ready(*fiber, false);
  }

  void yield() {
    wake_due();
    if (ready_.empty()) return;
    current_->state = State::ready;
    ready_.push_back(current_);
    go_on_with(next());
  }

  [[noreturn]] void end(void* result) {
    current_->result = result;
    current_->state = State::ended;
    wake(current_, true);
    go_on_with(next());
    std::abort();
  }

  std::string waits() const {
    std::string all;
    for (const auto& fiber : fibers_) {
      if (fiber->state == State::ended) continue;
      all += "    " + std::string(fiber->name.data()) + " " + std::to_string(fiber->number) +
             (fiber->state == State::waiting ? " waits" : " could go on");
      if (fiber->wake_ns != kNever && fiber->state == State::waiting)
        all += " for " + std::to_string((fiber->wake_ns - now_ns_) / 1'000) + " us";
      all += "\n";
    }
    return all;
  }

  std::size_t alive() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        fibers_.begin(), fibers_.end(), [](const auto& fiber) { return fiber->state != State::ended; }));
  }

  Fiber& current() noexcept { return *current_; }
  Dice& dice() noexcept { return dice_; }
  std::int64_t now_ns() const noexcept { return now_ns_; }
  void pass(std::int64_t ns) noexcept { now_ns_ += ns; }
  void on_deadlock(void (*report)()) { report_ = report; }
  void end_at(std::int64_t latest_ns) { latest_ns_ = latest_ns; }
  bool is_alone() const noexcept { return fibers_.size() == 1; }

 private:
  static void enter();

  std::byte* take_stack() {
    if (!stacks_.empty()) {
      std::byte* const stack = stacks_.back();
      stacks_.pop_back();
      return stack;
    }
    void* const fresh = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (fresh == MAP_FAILED) std::abort();
    return static_cast<std::byte*>(fresh);
  }

  /// Effects: gives back what belongs to threads that have ended and that nobody joins any more.
  void reap() {
    std::erase_if(fibers_, [this](const auto& fiber) {
      if (fiber->state != State::ended || !fiber->detached) return false;
      stacks_.push_back(fiber->stack);
      return true;
    });
  }

  void make_ready(Fiber& fiber, bool timed_out) noexcept {
    fiber.state = State::ready;
    fiber.waits_for = nullptr;
    fiber.timed_out = timed_out;
    ready_.push_back(&fiber);
  }

  void wake_due() noexcept {
    if (now_ns_ < next_due_ns_) return;
    next_due_ns_ = kNever;
    for (const auto& fiber : fibers_) {
      if (fiber->state != State::waiting) continue;
      if (fiber->wake_ns <= now_ns_) {
        make_ready(*fiber, true);
      } else {
        next_due_ns_ = std::min(next_due_ns_, fiber->wake_ns);
      }
    }
  }

  Fiber& next() {
    for (;;) {
      wake_due();
      if (!ready_.empty()) break;
      if (next_due_ns_ == kNever || now_ns_ > latest_ns_) deadlock();
      now_ns_ = std::max(now_ns_, next_due_ns_);
    }
    const std::size_t chosen = dice_.below(static_cast<std::uint32_t>(ready_.size()));
    Fiber* const fiber = ready_[chosen];
    ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(chosen));
    return *fiber;
  }

  void go_on_with(Fiber& next_one) {
    next_one.state = State::running;
    if (&next_one == current_) return;
    Fiber& before = *current_;
    auto& handled = *reinterpret_cast<Handled*>(abi::__cxa_get_globals());
    before.handled = std::exchange(handled, next_one.handled);
    before.error = errno;
    current_ = &next_one;
    if (start_switch != nullptr)
      start_switch(before.state == State::ended ? nullptr : &before.fake_stack, bottom_of(next_one),
                   size_of(next_one));
    swapcontext(&before.context, &next_one.context);
    arrive(before);
    errno = before.error;
  }

  /// Effects: tells AddressSanitizer that `fiber` runs.
  void arrive(Fiber& fiber) {
    if (finish_switch == nullptr) return;
    const void* bottom = nullptr;
    std::size_t size = 0;
    finish_switch(fiber.fake_stack, &bottom, &size);
    if (main_bottom_ == nullptr) {
      main_bottom_ = bottom;
      main_size_ = size;
    }
  }
  const void* bottom_of(const Fiber& fiber) const { return fiber.stack ? fiber.stack : main_bottom_; }
  std::size_t size_of(const Fiber& fiber) const { return fiber.stack ? kStackBytes : main_size_; }

  [[noreturn]] void deadlock() {
    if (report_ != nullptr) report_();
    std::printf("no thread can go on:\n%s", waits().c_str());
    std::fflush(stdout);
    std::_Exit(1);
  }

  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> ready_;
  std::vector<Fiber*> found_;
  std::vector<std::byte*> stacks_;
  Fiber* current_ = nullptr;
  Dice dice_{0};
  std::int64_t now_ns_ = kBegin;
  std::int64_t next_due_ns_ = kNever;
  std::int64_t latest_ns_ = kNever;
  int created_ = 0;
  void (*report_)() = nullptr;
  const void* main_bottom_ = nullptr;
  std::size_t main_size_ = 0;
};

Scheduler* the_scheduler = nullptr;

/// Made at the first use, which is before main(). Never destroyed, because the last destructors lock, too.
Scheduler& scheduler() {
  if (the_scheduler == nullptr) the_scheduler = new Scheduler;
  return *the_scheduler;
}

void Scheduler::enter() {
  Scheduler& all = scheduler();
  Fiber& me = *all.current_;
  all.arrive(me);
  all.end(me.body(me.argument));
}

}  // namespace

void begin(std::uint64_t seed) { scheduler().begin(seed); }
std::int64_t now_ns() noexcept { return scheduler().now_ns(); }
double real_seconds() noexcept {
  timespec time{};
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void sleep_until(std::int64_t deadline_ns) {
  static const int nothing = 0;
  if (deadline_ns > now_ns()) scheduler().wait_for(&nothing, deadline_ns);
}

void stop_process(std::int64_t for_ns) noexcept { scheduler().pass(for_ns); }
void die() noexcept { scheduler().end(nullptr); }
std::size_t threads() noexcept { return scheduler().alive(); }
std::string waits() { return scheduler().waits(); }
void on_deadlock(void (*report)()) { scheduler().on_deadlock(report); }

void end_at(std::int64_t latest_ns) { scheduler().end_at(latest_ns); }

TestCode::TestCode(bool is_test) noexcept : before_(std::exchange(scheduler().current().is_test, is_test)) {}
TestCode::~TestCode() { scheduler().current().is_test = before_; }
// Also asked while the scheduler is being made.
bool is_test_code() noexcept { return the_scheduler == nullptr || the_scheduler->current().is_test; }

Mishaps& mishaps() noexcept {
  static Mishaps the_mishaps;
  return the_mishaps;
}

Fiber* create(Body body, void* argument) { return scheduler().create(body, argument); }
Fiber* self() noexcept { return &scheduler().current(); }

void* join(Fiber* fiber) {
  while (fiber->state != State::ended) scheduler().wait_for(fiber, kNever);
  fiber->detached = true;
  return fiber->result;
}

void detach(Fiber* fiber) noexcept { fiber->detached = true; }

void name(Fiber* fiber, const char* text) noexcept {
  std::strncpy(fiber->name.data(), text, fiber->name.size() - 1);
}

int number_of(const Fiber* fiber) noexcept { return fiber->number; }
bool wait_for(const void* object, std::int64_t deadline_ns) {
  return scheduler().wait_for(object, deadline_ns);
}
void wake_one(const void* object) noexcept { scheduler().wake(object, false); }
void wake_all(const void* object) noexcept { scheduler().wake(object, true); }

void maybe_switch() {
  constexpr std::uint32_t kRarely = 16;
  Scheduler& all = scheduler();
  if (!all.is_alone() && all.dice().once_in(kRarely)) all.yield();
}

void spend(std::int64_t cost_ns) {
  constexpr std::uint32_t kRarely = 64;
  constexpr std::uint32_t kSeldom = 1'024;
  Scheduler& all = scheduler();
  all.pass(cost_ns);
  if (all.is_alone()) return;
  // A busy machine.
  if (all.dice().once_in(kSeldom)) all.pass(all.dice().between(1'000, 2 * kMs));
  if (all.dice().once_in(kRarely)) all.yield();
}

void yield(std::int64_t ns) {
  scheduler().pass(ns);
  scheduler().yield();
}

}  // namespace refwave::simulation
