#include "driver/notify/wake_policy.h"

#include "driver/core/ring/cache.h"
#include "driver/core/stream/deliver.h"
#include "hal/system/clock.h"
#include "hal/system/threads.h"

namespace refwave::notify {
namespace {

constexpr std::int64_t kUs = 1'000;
constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kPatienceNs = 300 * kUs;  // spinning after the expected moment
constexpr std::int64_t kSpinIdleNs = 100 * kMs;  // wake = spin: sleep after so long without a message
constexpr std::int64_t kFarNs = 1'000 * kMs;     // no nap for a block that is further away
// A timed sleep cannot be ended early, neither by a stream with shorter blocks nor by the driver's end.
constexpr std::int64_t kLongestNapNs = 20 * kMs;
constexpr std::int64_t kShortestNapNs = 20 * kUs;  // a shorter sleep would end too late
constexpr std::int64_t kNapCostNs = 20 * kUs;      // falling asleep and waking up count as time awake
constexpr std::int64_t kWarmNs = 20 * kUs;  // awake: the time from one warming of the caches to the next
constexpr std::int64_t kMostAllowanceNs = 5 * kMs;

}  // namespace

// Not inlined: its return address is the code that finds the ready block.
[[gnu::noinline]] Next WakePolicy::wait(core::StreamTable& table, CacheWarmer& warmer,
                                        hal::Scheduling& scheduling) noexcept {
  warmer.return_to(__builtin_return_address(0));
  account();
  const configuration::Wake wake = wake_.load(std::memory_order_relaxed);
  if (wake == configuration::Wake::predict) return predict(table, warmer, scheduling);
  if (wake == configuration::Wake::park) return park(table);
  const std::int64_t now_ns = hal::monotonic_now_ns();
  return watch(table, nullptr, now_ns, now_ns + kSpinIdleNs);
}

Next WakePolicy::park(core::StreamTable& table) noexcept {
  table.waker.give_up_role();
  return search_if_ready(table);
}

/// After the role was given up. A thread that saw the role taken has set its bit, and not signalled.
Next WakePolicy::search_if_ready(core::StreamTable& table) noexcept {
  return table.ready.any() && table.waker.take_role() ? Next::search : Next::sleep;
}

Next WakePolicy::predict(core::StreamTable& table, CacheWarmer& warmer,
                         hal::Scheduling& scheduling) noexcept {
  const std::int64_t now_ns = hal::monotonic_now_ns();
  const core::Forecast::Guess next = table.forecast.next(now_ns, kPatienceNs);
  if (next.ns == core::Forecast::kNone || next.ns - now_ns > kFarNs) return park(table);
  if (!may_spin(now_ns) || !table.waker.begin_nap()) return park(table);
  const std::int64_t wake_ns = next.ns - lead_.ns();
  const std::int64_t end_ns = std::min(wake_ns, now_ns + kLongestNapNs);
  const bool sleeps = wake_ns - now_ns > kShortestNapNs;
  table.waker.give_up_role();
  // Spinning on the audio thread's processor would delay the awaited block. It moves without the role,
  // because it may have to wait for a busy processor.
  bool off = scheduling.keep_off(next.processor);
  if (off && sleeps) {
    nap(table, end_ns);
    off = scheduling.keep_off(next.processor);  // a prompt thread may have been woken there after all
  }
  // Threads that a callback starts inherit the affinity mask. A running thread stays where it is.
  scheduling.go_anywhere();
  table.waker.end_nap();
  if (!off) return search_if_ready(table);
  const bool has_role = table.waker.take_role();
  const std::int64_t awake_ns = hal::monotonic_now_ns();
  const bool woken = !has_role || table.ready.any();
  // Of one block the forecasts differ by ns. This is a later one: another notifier has delivered the block.
  const bool over = table.forecast.next(awake_ns, kPatienceNs).ns > next.ns + kPatienceNs / 2;
  // The lead does not learn from a nap cut short by kLongestNapNs, or from a suspended machine.
  const bool whole = end_ns == wake_ns;
  if (sleeps && whole && (woken || over) && awake_ns - end_ns < Lead::kMostNs)
    lead_.note_too_short(may_miss());
  if (woken || over || !whole) return has_role ? Next::search : Next::search_without_role;
  if (sleeps) {
    warmer.run();
    led_ns_.store(next.ns - wake_ns, std::memory_order_relaxed);
  }
  return watch(table, &warmer, awake_ns, next.ns + kPatienceNs);
}

/// Effects: spins until `end_ns`, with the role.
Next WakePolicy::watch(core::StreamTable& table, CacheWarmer* warmer, std::int64_t awake_ns,
                       std::int64_t end_ns) noexcept {
  if (spin_until(table, warmer, awake_ns, end_ns)) return Next::search;
  led_ns_.store(kNoNap, std::memory_order_relaxed);
  return park(table);
}

/// Effects: a timed sleep without the role, unless something is ready.
void WakePolicy::nap(core::StreamTable& table, std::int64_t end_ns) noexcept {
  if (table.ready.any()) return;
  hal::sleep_until_ns(end_ns);
  pay(kNapCostNs);
}

/// Effects: polls the ready set, with the role, so that no thread has to signal. account() does the
/// bookkeeping after the delivery. `warmer`: runs now and then; may be null.
bool WakePolicy::spin_until(core::StreamTable& table, CacheWarmer* warmer, std::int64_t begin_ns,
                            std::int64_t end_ns) noexcept {
  constexpr int kLooksPerClockRead = 8;
  std::int64_t now_ns = begin_ns;
  std::int64_t warmed_ns = begin_ns;
  bool ready = table.ready.any();
  while (!ready && now_ns < end_ns) {
    for (int i = 0; i < kLooksPerClockRead && !ready; ++i) {
      hal::relax();
      ready = table.ready.any();
    }
    // Without a look at the clock.
    if (ready) break;
    now_ns = hal::monotonic_now_ns();
    if (warmer == nullptr || now_ns - warmed_ns < kWarmNs) continue;
    warmer->run();
    warmed_ns = now_ns;
  }
  spin_begun_ns_.store(begin_ns, std::memory_order_relaxed);
  spin_ended_ns_.store(now_ns, std::memory_order_relaxed);
  return ready;
}

/// Effects: charges the last spin to the allowance, and learns from it.
void WakePolicy::account() noexcept {
  const std::int64_t begun_ns = spin_begun_ns_.exchange(0, std::memory_order_relaxed);
  if (begun_ns == 0) return;
  const std::int64_t spun_ns = spin_ended_ns_.load(std::memory_order_relaxed) - begun_ns;
  pay(spun_ns);
  const std::int64_t led_ns = led_ns_.exchange(kNoNap, std::memory_order_relaxed);
  if (led_ns != kNoNap) lead_.note(led_ns - spun_ns, may_miss());
}

void WakePolicy::pay(std::int64_t awake_ns) noexcept {
  spun_ns_.fetch_add(awake_ns, std::memory_order_relaxed);
  allowance_ns_.fetch_sub(awake_ns, std::memory_order_relaxed);
}

/// Returns: how many of a thousand naps may end too late: few, unless the allowance is running out; then a
/// short wait for every block is better than a long one for some.
std::uint32_t WakePolicy::may_miss() const noexcept {
  constexpr std::int64_t kPlentyNs = kMostAllowanceNs / 2;
  const std::int64_t short_ns = kPlentyNs - allowance_ns_.load(std::memory_order_relaxed);
  return 5 + static_cast<std::uint32_t>(std::clamp<std::int64_t>(short_ns, 0, kPlentyNs) * 400 / kPlentyNs);
}

/// Effects: adds the elapsed time's share to the allowance. Returns: whether any is left.
bool WakePolicy::may_spin(std::int64_t now_ns) noexcept {
  const std::int64_t gone_ns = now_ns - allowed_at_ns_.exchange(now_ns, std::memory_order_relaxed);
  const std::int64_t more_ns =
      std::min(gone_ns, kFarNs) / 100 * spin_percent_.load(std::memory_order_relaxed);
  // Bounded below: what was spun under another setting is written off.
  const std::int64_t left_ns = std::clamp(allowance_ns_.load(std::memory_order_relaxed) + more_ns,
                                          -kMostAllowanceNs, kMostAllowanceNs);
  allowance_ns_.store(left_ns, std::memory_order_relaxed);
  return left_ns > 0;
}

void CacheWarmer::follow(const core::Stream& stream) noexcept {
  core::BlockRing& ring = stream.next_notified().ring();
  trail_.stream.store(&stream, std::memory_order_relaxed);
  trail_.half.store(&stream.next_notified(), std::memory_order_relaxed);
  trail_.block.store(&ring.at(ring.notified() + 1), std::memory_order_relaxed);
  trail_.target.store(stream.callback.target, std::memory_order_relaxed);
  trail_.instance.store(stream.callback.instance, std::memory_order_relaxed);
}

void CacheWarmer::prefetch_followed() const noexcept {
  constexpr std::size_t kClientBytes = 2 * hal::kCacheLine;  // of its callback's code
  constexpr std::size_t kAround = 12 * hal::kCacheLine;  // of a function, before an address in it and after
  const auto at = [](const std::atomic<std::uintptr_t>& value, std::size_t before = 0) {
    return reinterpret_cast<const void*>(value.load(std::memory_order_relaxed) - before);
  };
  if (const core::Stream* stream = trail_.stream.load(std::memory_order_relaxed); stream != nullptr) {
    core::prefetch(stream);
    stream->prefetch_messages();
    core::prefetch(&stream->waiting);
  }
  core::prefetch(trail_.half.load(std::memory_order_relaxed), sizeof(core::AudioState));
  core::prefetch(trail_.block.load(std::memory_order_relaxed));
  core::prefetch(at(trail_.code, kAround), 2 * kAround);
  core::prefetch(at(trail_.target), kClientBytes);
  core::prefetch(at(trail_.instance));
}

void CacheWarmer::run() noexcept {
  prefetch_followed();
  core::BlockRing& ring = stream_.next_notified().ring();
  ring.push({.header = &header_, .finished_ns = hal::monotonic_now_ns()});
  ring.skip_all();
  ring.release_one();
  stream_.delivery.post();
  stream_.delivery.hold();
  core::deliver_all(stream_);
}

}  // namespace refwave::notify
