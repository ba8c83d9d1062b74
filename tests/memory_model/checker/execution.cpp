#include "tests/memory_model/checker/execution.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <utility>

#include "tests/memory_model/checker/memory.h"

namespace refwave::memory_model {

Fiber::Fiber()
    : stack_(mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  if (stack_ == MAP_FAILED) throw std::bad_alloc();
  // Too deep a call ends the program here, and not in a neighbour's stack.
  mprotect(stack_, 4096, PROT_NONE);
}

Fiber::~Fiber() { munmap(stack_, kStackBytes); }

void Fiber::start(void (*body)()) noexcept {
  getcontext(&context);
  context.uc_stack.ss_sp = stack_;
  context.uc_stack.ss_size = kStackBytes;
  makecontext(&context, body, 0);
}

Execution& execution() noexcept {
  static Execution one;
  return one;
}

void Execution::begin(Choices& choices) noexcept {
  choices_ = &choices;
  count_ = 0;
  self_ = kThreads;
  steps_ = 0;
  failed_ = false;
  failure_.clear();
  sleep_ = {};
  now_ns = 1'000'000'000;
}

void Execution::add_thread(const char* name, Kind kind, std::function<void()> body) {
  const std::size_t number = count_++;
  Thread& thread = threads_.at(number);
  thread.state = Thread::State::ready;
  thread.kind = kind;
  thread.starts = true;
  thread.name = name;
  thread.body = std::move(body);
  // A thread that another one starts knows what that one has done.
  if (self_ != kThreads) self().now.at[self_]++;
  thread.now = self_ != kThreads ? self().now : Clock{};
  thread.released = thread.to_acquire = {};
  // No thread knows its first event; 0 is before all threads.
  thread.now.at[number] = 1;
  if (self_ != kThreads) self().now.at[self_]++;
  thread.fiber.start(enter);
}

std::size_t Execution::number_of(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    if (threads_[i].name == name) return i;
  }
  return kThreads;
}

void Execution::enter() {
  watching = true;
  execution().self().body();
  watching = false;
  execution().leave_thread();
}

std::uint32_t Execution::ready() const noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (threads_[i].state == Thread::State::ready) bits |= 1U << i;
  }
  return bits;
}

bool Execution::run() {
  const std::uint32_t bits = ready();
  if (bits == 0) return true;
  self_ = choices_->thread(bits, kThreads, false);
  swapcontext(&home_, &threads_[self_].fiber.context);
  self_ = kThreads;
  watching = false;
  if (!failed_) check_end();
  return !failed_;
}

void Execution::check_end() {
  for (std::size_t i = 0; i < count_; ++i) {
    const Thread& thread = threads_[i];
    if (thread.state != Thread::State::blocked || thread.kind == Kind::daemon) continue;
    failed_ = true;
    failure_ = std::string("thread ") + thread.name + " waits for ever";
  }
}

void Execution::switch_from(Thread& thread, std::size_t next) {
  self_ = next;
  swapcontext(&thread.fiber.context, &threads_[next].fiber.context);
}

void Execution::point(bool yields) {
  Thread& thread = self();
  // This thread was chosen for its first step just now.
  if (std::exchange(thread.starts, false) && !yields) return;
  if (++steps_ > kMostSteps) fail("no end after " + std::to_string(kMostSteps) + " steps");
  const std::size_t next = choices_->thread(ready(), self_, yields);
  if (next != self_) switch_from(thread, next);
}

void Execution::block(const void* object) {
  Thread& thread = self();
  thread.state = Thread::State::blocked;
  thread.waits_for = object;
  const std::uint32_t bits = ready();
  if (bits == 0) {
    swapcontext(&thread.fiber.context, &home_);
  } else {
    switch_from(thread, choices_->thread(bits, kThreads, false));
  }
}

void Execution::wake(const void* object) noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    Thread& thread = threads_[i];
    if (thread.state == Thread::State::blocked && thread.waits_for == object)
      thread.state = Thread::State::ready;
  }
}

void Execution::before_access(std::uintptr_t at) {
  if (self_ != sleep_.thread || at - sleep_.at >= sleep_.size || sleep_.left == 0 || --sleep_.left != 0)
    return;
  if (sleep_.is_over) return;
  sleep_.has_begun = true;
  memory().release(&sleep_);
  while (!sleep_.is_over) block(&sleep_);
  // The standard asks that stores become visible in a reasonable time ([intro.progress]).
  memory().catch_up();
}

void Execution::leave_thread() {
  Thread& thread = self();
  thread.state = Thread::State::done;
  const std::uint32_t bits = ready();
  if (bits == 0) setcontext(&home_);
  switch_from(thread, choices_->thread(bits, kThreads, false));
}

void Execution::fail(std::string text) {
  watching = false;
  failed_ = true;
  failure_ = std::string("thread ") + self().name + ": " + text;
  setcontext(&home_);
  __builtin_unreachable();
}

void Execution::note_failure(std::string text) {
  failed_ = true;
  failure_ = std::move(text);
}

}  // namespace refwave::memory_model
