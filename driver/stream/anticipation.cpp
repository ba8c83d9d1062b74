#include "driver/stream/anticipation.h"

#include <algorithm>

#include "driver/core/cycle.h"
#include "driver/core/processor.h"

namespace refwave::stream {
namespace {

constexpr std::int64_t kUs = 1'000;
constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kPatienceNs = 300 * kUs;  // spinning beyond the expected moment
constexpr std::int64_t kSpinIdleNs = 100 * kMs;  // wake = spin: without a message for so long, sleep
constexpr std::int64_t kFarNs = 1'000 * kMs;     // a moment further off is no reason to doze
constexpr std::int64_t kMostAllowanceNs = 5 * kMs;
constexpr std::int64_t kLeastMarginNs = 10 * kUs;
constexpr std::int64_t kMostMarginNs = 500 * kUs;

}  // namespace

bool Anticipation::wait(core::SlotTable& table) noexcept {
  const Wake wake = wake_.load(std::memory_order_relaxed);
  if (wake == Wake::park) return park(table);
  const std::int64_t now_ns = core::monotonic_now_ns();
  if (wake == Wake::spin) return spin_until(table, now_ns + kSpinIdleNs) || park(table);
  const std::int64_t next_ns = table.forecast.next(now_ns, kPatienceNs);
  if (next_ns == core::Forecast::kNone || next_ns - now_ns > kFarNs || !may_spin(now_ns)) return park(table);
  const std::int64_t wake_ns = next_ns - margin_ns_.load(std::memory_order_relaxed);
  if (wake_ns > now_ns && !doze_until(table, wake_ns)) return false;
  return spin_until(table, next_ns + kPatienceNs) || park(table);
}

bool Anticipation::park(core::SlotTable& table) const noexcept {
  table.waker.give_up_role();
  // Whoever set a bit before it saw the role taken is seen by this second look.
  return table.ready.any() && table.waker.take_role();
}

/// Returns: whether the caller has the role again, by the time being over or by a token that came earlier.
bool Anticipation::doze_until(core::SlotTable& table, std::int64_t wake_ns) noexcept {
  table.waker.doze_off();
  if (table.ready.any()) return table.waker.take_role();  // the second look, as in park()
  const std::int64_t nap_us = (wake_ns - core::monotonic_now_ns()) / kUs;
  if (nap_us > 0 && table.waker.doze(nap_us)) return true;
  learn(core::monotonic_now_ns() - wake_ns);
  return table.waker.wake_up();
}

/// Effects: looks for ready slots, with the role, so that nobody need signal. Returns: whether there is one.
bool Anticipation::spin_until(core::SlotTable& table, std::int64_t end_ns) noexcept {
  const std::int64_t begin_ns = core::monotonic_now_ns();
  std::int64_t now_ns = begin_ns;
  bool ready = table.ready.any();
  while (!ready && now_ns < end_ns) {
    core::relax();
    ready = table.ready.any();
    now_ns = core::monotonic_now_ns();
  }
  const std::int64_t spun_ns = now_ns - begin_ns;
  spun_ns_.fetch_add(spun_ns, std::memory_order_relaxed);
  allowance_ns_.fetch_sub(spun_ns, std::memory_order_relaxed);
  return ready;
}

/// Effects: tops the allowance up with its share of the time gone by. Returns: whether any is left.
bool Anticipation::may_spin(std::int64_t now_ns) noexcept {
  const std::int64_t gone_ns = now_ns - allowed_at_ns_.exchange(now_ns, std::memory_order_relaxed);
  const std::int64_t more_ns =
      std::min(gone_ns, kFarNs) / 100 * spin_percent_.load(std::memory_order_relaxed);
  const std::int64_t left_ns =
      std::min(allowance_ns_.load(std::memory_order_relaxed) + more_ns, kMostAllowanceNs);
  allowance_ns_.store(left_ns, std::memory_order_relaxed);
  return left_ns > 0;
}

/// Effects: moves the margin towards what 19 of 20 sleeps are not later than.
void Anticipation::learn(std::int64_t lateness_ns) noexcept {
  constexpr std::int64_t kStepNs = 200;
  const std::int64_t margin_ns = margin_ns_.load(std::memory_order_relaxed);
  const std::int64_t step_ns = lateness_ns > margin_ns ? 19 * kStepNs : -kStepNs;
  margin_ns_.store(std::clamp(margin_ns + step_ns, kLeastMarginNs, kMostMarginNs), std::memory_order_relaxed);
}

}  // namespace refwave::stream
