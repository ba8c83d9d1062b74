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

}  // namespace

std::int64_t longest_gap_ns(const hal::OpenInfo& info) {
  const auto frames_ns = [&](std::uint32_t frames) {
    return std::int64_t{frames} * 1'000 * kMs / info.format.rate;
  };
  return std::max(
      {4 * frames_ns(info.period_frames), frames_ns(info.latency_frames) + 50 * kMs, kSmallestGapNs});
}

Finding DeviceWatch::examine(const DeviceState& device, std::int64_t now_ns) {
  if (device.running && device.is_lost) return Finding::lost;
  if (!device.running && !device.starting) return Finding::in_order;
  if (!is_overdue(device, now_ns)) return Finding::in_order;
  return device.running ? Finding::stopped_calling : Finding::start_too_slow;
}

/// Returns: whether the device should have called, or started, long ago.
bool DeviceWatch::is_overdue(const DeviceState& device, std::int64_t now_ns) {
  if (device.running && device.may_be_silent) return false;
  const std::int64_t called_ns = device.running ? device.called_ns : 0;
  const std::int64_t since_ns = std::max(device.requested_ns, called_ns);
  if (since_ns != quiet_since_ns_) {
    quiet_since_ns_ = since_ns;
    quiet_ticks_ = 0;
    return false;
  }
  const std::int64_t limit_ns = called_ns > device.requested_ns ? device.longest_gap_ns : start_grace_ns_;
  return ++quiet_ticks_ >= kEnoughQuietTicks && now_ns - since_ns > limit_ns;
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
