#include "driver/engine/device_watch.h"

#include <algorithm>

namespace refwave::engine {
namespace {

constexpr std::int64_t kMs = 1'000'000;
// A gap shorter than this is more likely a busy machine than a dead device.
constexpr std::int64_t kSmallestGapNs = 200 * kMs;
// Ticks without a callback, however long each took: time to resume after a stop of the whole process.
constexpr std::uint32_t kEnoughQuietTicks = 20;
// A server may answer although its sink hangs. A working sink rests for half of this at most.
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

/// Only the server knows whether a quiet device rests. Unanswered: its usual gap, or twice its longest rest.
std::int64_t DeviceWatch::patience_ns(const DeviceState& device) const {
  const std::int64_t gap_ns = expected_gap_ns(device);
  if (device.pause_ns == 0 || device.answer == hal::ServerAnswer::silent) return gap_ns;
  if (device.answer == hal::ServerAnswer::answers) return std::max(gap_ns, kLongestRestNs);
  return std::max({gap_ns, device.pause_ns, std::min(2 * longest_rest_ns_, kLongestRestNs)});
}

/// Returns: the silence after which the server is asked. A device that rests often is not asked each time.
std::int64_t DeviceWatch::expected_gap_ns(const DeviceState& device) const {
  return std::max(device.usual_gap_ns, std::min(longest_rest_ns_ * 3 / 2, device.pause_ns));
}

/// Effects: at a callback or a start, records the silence before it.
void DeviceWatch::note_rest(const DeviceState& device) {
  const bool was_callback = quiet_since_ns_ > device.requested_ns;
  if (was_callback && device.running && device.pause_ns > 0)
    longest_rest_ns_ = std::max(longest_rest_ns_, quiet_ns_);
  quiet_ns_ = 0;
}

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

}  // namespace refwave::engine
