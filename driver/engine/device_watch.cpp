#include "driver/engine/device_watch.h"

#include <algorithm>

namespace refwave::engine {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kFirstRetryNs = 500 * kMs;
// A server that has just come may not answer yet, or refuse a client while it is busy with another.
constexpr std::int64_t kRetryAfterChangeNs = 50 * kMs;
// A server that is back is used within two seconds.
constexpr std::int64_t kLastRetryNs = 1'200 * kMs;
// A gap shorter than this is more likely a busy machine than a dead device.
constexpr std::int64_t kSmallestGapNs = 200 * kMs;
// Ticks without a callback, however long each of them took. After a stop of the whole process the device has
// these ticks to go on.
constexpr std::uint32_t kEnoughQuietTicks = 20;
// A server may answer although its sink hangs. The longest rest of a working sink is known to be half of
// this.
constexpr std::int64_t kLongestRestNs = 4'000 * kMs;

}  // namespace

std::int64_t usual_gap_ns(const hal::OpenInfo& info) {
  const auto frames_ns = [&](std::uint32_t frames) {
    return std::int64_t{frames} * 1'000 * kMs / info.format.rate;
  };
  return std::max({2 * frames_ns(info.period_frames) + 100 * kMs, frames_ns(info.latency_frames) + 50 * kMs,
                   kSmallestGapNs});
}

Finding DeviceWatch::examine(const DeviceState& device, std::int64_t now_ns) {
  if (device.running && device.is_lost) return Finding::lost;
  if (!device.running && !device.starting) return Finding::in_order;
  if (!is_overdue(device, now_ns)) return Finding::in_order;
  if (!device.running) return Finding::start_too_slow;
  return device.pause_ns > 0 ? Finding::silent : Finding::stopped_calling;
}

Finding DeviceWatch::judge(const DeviceState& device, std::int64_t now_ns) const {
  return now_ns - device.called_ns > patience_ns(device) ? Finding::stopped_calling : Finding::silent;
}

/// Only its server knows whether a quiet device rests or is dead. Without an answer the device gets its own
/// time, or twice the longest rest that it has taken.
std::int64_t DeviceWatch::patience_ns(const DeviceState& device) const {
  const std::int64_t gap_ns = expected_gap_ns(device);
  if (device.pause_ns == 0 || device.answer == hal::ServerAnswer::silent) return gap_ns;
  if (device.answer == hal::ServerAnswer::answers) return std::max(gap_ns, kLongestRestNs);
  return std::max({gap_ns, device.pause_ns, std::min(2 * longest_rest_ns_, kLongestRestNs)});
}

/// Returns: the time after which a silence is worth a question. A device that rests again and again is not
/// asked each time.
std::int64_t DeviceWatch::expected_gap_ns(const DeviceState& device) const {
  return std::max(device.usual_gap_ns, std::min(longest_rest_ns_ * 3 / 2, device.pause_ns));
}

/// Effects: after a callback, or a start, remembers how long the silence before it was at least.
void DeviceWatch::note_rest(const DeviceState& device) {
  const bool was_callback = quiet_since_ns_ > device.requested_ns;
  if (was_callback && device.running && device.pause_ns > 0)
    longest_rest_ns_ = std::max(longest_rest_ns_, quiet_ns_);
  quiet_ns_ = 0;
}

/// Returns: whether the device should have called, or started, long ago.
bool DeviceWatch::is_overdue(const DeviceState& device, std::int64_t now_ns) {
  if (device.running && device.may_be_silent) return false;
  const std::int64_t called_ns = device.running ? device.called_ns : 0;
  const std::int64_t since_ns = std::max(device.requested_ns, called_ns);
  if (since_ns != quiet_since_ns_) {
    note_rest(device);
    quiet_since_ns_ = since_ns;
    quiet_ticks_ = 0;
    return false;
  }
  const std::int64_t limit_ns = called_ns > device.requested_ns ? expected_gap_ns(device) : start_grace_ns_;
  quiet_ns_ = now_ns - since_ns;
  return ++quiet_ticks_ >= kEnoughQuietTicks && quiet_ns_ > limit_ns;
}

void DeviceWatch::begin_retries(std::int64_t now_ns) {
  retry_after_ns_ = kFirstRetryNs;
  retry_at_ns_ = now_ns + retry_after_ns_;
}

void DeviceWatch::retry_at_once() {
  retry_after_ns_ = kRetryAfterChangeNs;
  retry_at_ns_ = 0;
}

void DeviceWatch::note_retry(std::int64_t now_ns) {
  retry_after_ns_ = std::min(retry_after_ns_ * 2, kLastRetryNs);
  retry_at_ns_ = now_ns + retry_after_ns_;
}

}  // namespace refwave::engine
