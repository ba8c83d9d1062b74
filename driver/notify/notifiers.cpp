#include "driver/notify/notifiers.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "driver/core/ring/cache.h"
#include "driver/core/stream/deliver.h"
#include "hal/system/realtime.h"

namespace refwave::notify {

struct Notifiers::Shared {
  std::shared_ptr<core::StreamTable> table;
  CacheWarmer warmer;
  WakePolicy wake_policy;
  std::atomic<configuration::Priority> priority{configuration::Priority::ordinary};  // control → notifiers
  std::atomic<std::uint32_t> prompt{0};    // notifiers that the system wakes before ordinary threads
  std::atomic<std::uint64_t> hand_ons{0};  // sleepers that notifiers have woken
  // Threads that are to end and do not know it yet; counted down by them, and by an ensure() that keeps them.
  std::atomic<std::size_t> to_retire{0};
  // Whether that thread's body has ended. Relaxed: a join orders what it did.
  std::array<std::atomic<bool>, core::kSlots + 1> ended{};
  // That thread's number, as in Stream::caller. Relaxed, as above.
  std::array<std::atomic<std::uintptr_t>, core::kSlots + 1> threads{};

  /// Returns: whether one was to end: the caller ends or keeps it. Relaxed: the retire bit, or the lock.
  bool take_one_to_retire() noexcept {
    std::size_t left = to_retire.load(std::memory_order_relaxed);
    while (left > 0 && !to_retire.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) {
    }
    return left > 0;
  }
};

Notifiers::Notifiers(std::shared_ptr<core::StreamTable> table) : shared_(std::make_shared<Shared>()) {
  shared_->table = std::move(table);
}

void Notifiers::warm_with(core::ClientCallback::Function notify) noexcept {
  shared_->warmer.set_callback(notify);
}

class Notifiers::Worker {
 public:
  explicit Worker(Shared& shared) : shared_(shared), table_(*shared.table) {}
  ~Worker() { leave(); }

  /// A client may end this thread, which unwinds the stack from its callback; the role is not held by then.
  void run() {
    for (;;) {
      table_.waker.sleep_until_role();
      table_.trace.note(core::TraceKind::role_taken);
      has_role_ = true;
      while (const auto slot = claim_one()) {
        table_.trace.note(core::TraceKind::claimed, static_cast<std::uint16_t>(*slot));
        const bool retires = *slot == core::kRetireBit && shared_.take_one_to_retire();
        if (retires && shared_.to_retire.load(std::memory_order_relaxed) > 0)
          table_.ready.set(core::kRetireBit);
        // Before client code, which may not return, another notifier gets the role if more is ready.
        if (has_role_) table_.waker.give_up_role();
        has_role_ = false;
        if (table_.ready.any() && table_.waker.wake_one())
          shared_.hand_ons.fetch_add(1, std::memory_order_relaxed);
        if (retires) return;
        // An ensure() has kept the thread.
        if (*slot == core::kRetireBit) continue;
        constexpr std::chrono::milliseconds kNap{1};
        while (table_.draining.load(std::memory_order_relaxed)) hal::nap(kNap);
        core::Stream& stream = table_.streams[*slot];
        // A reset or a close may have delivered.
        if (!stream.delivery.hold()) continue;
        core::BlockRing& ring = stream.next_notified().ring();
        core::prefetch(&ring.at(ring.notified()));
        shared_.warmer.follow(stream);
        core::deliver_all(stream);
      }
    }
  }

 private:
  /// Returns: a slot that the caller has claimed; or nothing, and the caller does not have the role.
  std::optional<std::size_t> claim_one() noexcept {
    // Here, because a notifier under `spin` may never sleep.
    follow_configuration();
    for (;;) {
      while (const auto found = table_.ready.find()) {
        if (*found != core::kRetireBit) core::prefetch(&table_.streams[*found].delivery);
        if (table_.ready.claim(*found)) return found;
      }
      if (!has_role_) {
        // One notifier waits awake.
        has_role_ = shared_.wake_policy.waits_awake() && table_.waker.take_role();
        if (!has_role_) return std::nullopt;
        continue;
      }
      const Next next = shared_.wake_policy.wait(table_, shared_.warmer, scheduling_);
      has_role_ = next == Next::search;
      if (next == Next::sleep) return std::nullopt;
    }
  }

  /// Effects: takes or gives up the configured priority, before client code runs.
  void follow_configuration() noexcept {
    const configuration::Priority wanted = shared_.priority.load(std::memory_order_relaxed);
    if (wanted == priority_) return;
    priority_ = wanted;
    if (wanted == configuration::Priority::realtime) {
      is_prompt_ = scheduling_.become_prompt();
      if (is_prompt_) shared_.prompt.fetch_add(1, std::memory_order_relaxed);
    } else {
      leave();
      scheduling_.become_ordinary();
    }
  }

  void leave() noexcept {
    if (std::exchange(is_prompt_, false)) shared_.prompt.fetch_sub(1, std::memory_order_relaxed);
  }

  Shared& shared_;
  core::StreamTable& table_;
  hal::Scheduling scheduling_;
  configuration::Priority priority_ = configuration::Priority::ordinary;
  bool is_prompt_ = false;
  bool has_role_ = false;
};

void Notifiers::run(const std::shared_ptr<Shared>& shared, std::size_t index,
                    const hal::SignalMask& signals) {
  signals.apply();
  shared->threads[index].store(hal::this_thread_id(), std::memory_order_relaxed);
  {
    const hal::PunctualThread punctual(hal::Urgency::ordinary, kStackBytes / 2);
    Worker(*shared).run();
  }
  shared->ended[index].store(true, std::memory_order_relaxed);
}

void Notifiers::configure(const configuration::Configuration& configuration) {
  shared_->wake_policy.configure(configuration.wake, configuration.spin_percent);
  // One that is always awake would starve its processor's ordinary threads.
  const bool may = configuration.wake != configuration::Wake::spin;
  shared_->priority.store(may ? configuration.notifier_priority : configuration::Priority::ordinary,
                          std::memory_order_relaxed);
}

core::NotifierStatistics Notifiers::statistics() const {
  return {.threads = static_cast<std::uint32_t>(count()),
          .realtime = shared_->prompt.load(std::memory_order_relaxed),
          .hand_ons = shared_->hand_ons.load(std::memory_order_relaxed),
          .spun_ns = static_cast<std::uint64_t>(shared_->wake_policy.spun_ns())};
}

hal::Status Notifiers::ensure(std::size_t count) {
  const hal::MutexLock lock(mutex_);
  if (ended_) return hal::Status::failure("the driver has ended");
  signals_ = hal::SignalMask::of_this_thread();
  most_needed_ = std::max(most_needed_, count);
  count = std::min(count + shared_->wake_policy.out_of_reach(), threads_.size());
  take_over_from_dead();
  return start_up_to(count);
}

hal::Status Notifiers::start_up_to(std::size_t count) {
  std::size_t have = count_.load(std::memory_order_relaxed);
  // Threads in callbacks count: their slots are among `count`.
  while (have < count && shared_->take_one_to_retire()) count_.store(++have, std::memory_order_relaxed);
  while (have < count) {
    join_ended();
    // All are taken only while some are ending, which takes a moment.
    const auto free = std::ranges::find_if_not(threads_, &hal::OwnedThread::running);
    if (free == threads_.end()) {
      hal::nap(std::chrono::microseconds{100});
      continue;
    }
    const auto index = static_cast<std::size_t>(free - threads_.begin());
    shared_->ended[index].store(false, std::memory_order_relaxed);
    hal::Status started =
        free->start("refwave-notify", kStackBytes + hal::kThreadOverheadBytes,
                    [shared = shared_, index, signals = signals_] { run(shared, index, signals); });
    if (!started.ok()) return started;
    count_.store(++have, std::memory_order_relaxed);
  }
  return {};
}

bool Notifiers::trim(std::int64_t now_ns, const std::function<std::size_t()>& needed) {
  const hal::MutexLock lock(mutex_);
  if (ended_) return false;
  take_over_from_dead();
  const bool all_joined = join_ended();
  const auto threads_for = [this](std::size_t slots) {
    return slots == 0 ? 0 : std::min(slots + shared_->wake_policy.out_of_reach(), threads_.size());
  };
  try {
    if (is_short_) is_short_ = !start_up_to(threads_for(needed())).ok();
  } catch (const std::bad_alloc&) {  // the next call tries again
  }
  const std::size_t have = count_.load(std::memory_order_relaxed);
  if (have == 0) return watching_ = !all_joined;
  if (watching_ && now_ns - window_begun_ns_ < kIdleNs) return true;
  const std::size_t now_needed = needed();
  const std::size_t stay = threads_for(std::max(most_needed_, now_needed));
  if (watching_ && have > stay) retire(have - stay);
  window_begun_ns_ = now_ns;
  most_needed_ = now_needed;
  // A whole window after each wake: the close that woke the supervisor may not have freed its slot yet.
  return watching_ = !watching_ || !all_joined || have > threads_for(now_needed);
}

/// Effects: that many threads end as soon as they can.
void Notifiers::retire(std::size_t count) noexcept {
  count_.fetch_sub(count, std::memory_order_relaxed);
  // Relaxed: read after the claim of the bit, which orders it.
  shared_->to_retire.fetch_add(count, std::memory_order_relaxed);
  shared_->table->ready.set(core::kRetireBit);
  shared_->table->waker.wake_one();
}

/// Effects: hands on the streams of threads that a client has ended inside its callback, and their place in
/// the count. Such a thread has handed the role on before.
void Notifiers::take_over_from_dead() noexcept {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    // In this order: a body that returned has set `ended` first.
    if (!threads_[i].has_ended() || shared_->ended[i].load(std::memory_order_relaxed)) continue;
    // Before the join, after which another thread may get that number.
    const std::uintptr_t dead = shared_->threads[i].load(std::memory_order_relaxed);
    for (core::Stream& stream : shared_->table->streams)
      if (stream.caller.load(std::memory_order_relaxed) == dead) core::deliver_on(*shared_->table, stream);
    threads_[i].join();
    if (!shared_->take_one_to_retire()) count_.fetch_sub(1, std::memory_order_relaxed);
    is_short_ = true;
  }
}

/// Effects: joins threads whose bodies have ended. Returns: whether no surplus thread runs.
bool Notifiers::join_ended() {
  std::size_t running = 0;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (threads_[i].running() && shared_->ended[i].load(std::memory_order_relaxed)) threads_[i].join();
    running += threads_[i].running() ? 1 : 0;
  }
  return running <= count_.load(std::memory_order_relaxed);
}

void Notifiers::end(std::chrono::milliseconds patience) {
  {
    const hal::MutexLock lock(mutex_);
    if (std::exchange(ended_, true)) return;
  }
  if (const std::size_t count = count_.load(std::memory_order_relaxed); count > 0) retire(count);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (hal::OwnedThread& thread : threads_) {
    const auto left = deadline - std::chrono::steady_clock::now();
    thread.join(
        std::max(std::chrono::milliseconds{0}, std::chrono::duration_cast<std::chrono::milliseconds>(left)));
  }
}

}  // namespace refwave::notify
