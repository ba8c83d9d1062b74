// Looking after a sound device: lost, stalled, idle, back again.
#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "driver/core/cycle.h"
#include "driver/stream/engine.h"
#include "driver/stream/thread_stack.h"
#include "hal/clocked_backend.h"

namespace refwave::stream {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kFirstRetryNs = 500 * kMs;
constexpr std::int64_t kLastRetryNs = 16'000 * kMs;
constexpr std::int64_t kStartGraceNs = 1'000 * kMs;  // until the first callback
constexpr std::int64_t kSmallestGapNs =
    200 * kMs;                                    // below this a busy machine is likelier than a dead device
constexpr std::size_t kEnoughStack = 256 * 1024;  // for a client's callback, in bytes

/// Effects: waits for the device's first callback. Returns: whether it came within half a second.
bool wait_for_callback(const DeviceSide& side) {
  for (int i = 0; i < 100 && side.last_period_ns() == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return side.last_period_ns() != 0;
}

}  // namespace

/// A stack that is not known to be large makes DriverCallback switch to another, no more.
void Engine::learn_stack(OpenDevice& device) {
  std::size_t bytes = device.device->info().stack_bytes;
  if (bytes == 0 && wait_for_callback(*device.side)) bytes = stack_bytes_of(device.side->audio_thread());
  if (bytes >= kEnoughStack) device.side->stack_is_large();
}

/// Under mutex_.
bool Engine::is_stalled(std::int64_t now_ns) const {
  if (active_->clocked) return false;
  const hal::OpenInfo& info = active_->device->info();
  const std::int64_t last_ns = active_->side->last_period_ns();
  if (last_ns < started_ns_) return now_ns - started_ns_ > kStartGraceNs;
  const auto frames_ns = [&](std::uint32_t frames) {
    return std::int64_t{frames} * 1'000 * kMs / info.format.rate;
  };
  const std::int64_t longest = std::max(
      {4 * frames_ns(info.period_frames), frames_ns(info.latency_frames) + 50 * kMs, kSmallestGapNs});
  return now_ns - last_ns > longest;
}

bool Engine::tick(std::int64_t now_ns) {
  std::unique_lock lock(mutex_);
  if (!active_) return start_wanted_.load(std::memory_order_relaxed);
  const bool running = running_.load(std::memory_order_relaxed) != 0;
  if (running && (active_->side->is_lost() || is_stalled(now_ns))) {
    const char* why = active_->side->is_lost() ? "was lost" : "has stopped calling";
    std::shared_ptr<OpenDevice> lost = active_;
    lock.unlock();
    replace_by_clock(std::move(lost), why);
    return true;
  }
  if (is_busy()) busy_ns_ = now_ns;
  if (now_ns - busy_ns_ > std::int64_t{configuration_.linger_ms} * kMs && !stop_posted_) {
    stop_posted_ = true;
    room_.device_thread->post([self = shared_from_this()] { self->stop_if_idle(); });
  }
  if (running && on_fallback_ && now_ns >= retry_at_ns_ && !retry_posted_) {
    retry_posted_ = true;
    room_.device_thread->post([self = shared_from_this()] { self->try_again(); });
  }
  return true;
}

/// Effects: the clocked device goes on in the lost one's format, so that blocks keep completing in time,
/// silently, unless another thread has replaced or stopped `lost` meanwhile.
void Engine::replace_by_clock(std::shared_ptr<OpenDevice> lost, const std::string& why) {
  const hal::OpenInfo& info = lost->device->info();
  hal::OpenRequest same = request(hal::kClockedName);
  same.rate = info.format.rate;
  same.channels = info.format.channels;
  same.any_type = false;
  same.type = info.format.type;
  std::string problem;
  auto clock = open_device(same, hal::Fallback::none, problem);
  if (!clock) return room_.journal->add(problem);
  clock->is_fallback = true;
  start_one(*clock);
  {
    const std::lock_guard lock(mutex_);
    retry_after_ns_ = kFirstRetryNs;
    retry_at_ns_ = core::monotonic_now_ns() + retry_after_ns_;
  }
  if (!install(clock, lost)) return dispose(std::move(clock));
  room_.journal->add("device \"" + info.name + "\" " + why +
                     ": the clocked device takes over, silently, until it is back");
  dispose(std::move(lost));
}

void Engine::look_again() {
  const std::lock_guard lock(mutex_);
  retry_after_ns_ = kFirstRetryNs;
  retry_at_ns_ = 0;
}

/// Effects: goes back to the configured device, or to what is the default now, if it opens and calls.
void Engine::try_again() {
  const std::lock_guard slow(slow_);
  std::shared_ptr<OpenDevice> before;
  {
    const std::lock_guard lock(mutex_);
    retry_posted_ = false;
    if (!active_ || !on_fallback_ || running_.load(std::memory_order_relaxed) == 0) return;
    before = active_;
    retry_after_ns_ = std::clamp(retry_after_ns_ * 2, kFirstRetryNs, kLastRetryNs);
    retry_at_ns_ = core::monotonic_now_ns() + retry_after_ns_;
  }
  std::string problem;
  auto device = open_device(request(wanted_device_), hal::Fallback::none, problem);
  if (!device || device->clocked || !start_one(*device) || !wait_for_callback(*device->side)) return;
  if (!install(device, before)) return;
  room_.journal->add("device \"" + device->device->info().name + "\" is back");
}

/// Closing may take as long as the device likes: not on this thread.
void Engine::dispose(std::shared_ptr<OpenDevice> device) {
  room_.device_thread->post([device = std::move(device)]() mutable { device.reset(); });
}

/// Under mutex_.
void Engine::account_for(const OpenDevice& device) {
  past_.late_periods += device.side->late_periods();
  past_.max_lateness_ns =
      std::max(past_.max_lateness_ns, static_cast<std::uint64_t>(device.side->max_lateness_ns()));
  past_.wakes += device.side->wakes();
}

DeviceStatistics Engine::statistics() {
  const std::lock_guard lock(mutex_);
  DeviceStatistics now = past_;
  if (!active_) return now;
  const hal::OpenInfo& info = active_->device->info();
  now.name = info.name;
  now.format = info.format;
  now.period_frames = info.period_frames;
  now.latency_frames = info.latency_frames;
  now.late_periods += active_->side->late_periods();
  now.max_lateness_ns =
      std::max(now.max_lateness_ns, static_cast<std::uint64_t>(active_->side->max_lateness_ns()));
  now.wakes += active_->side->wakes();
  return now;
}

}  // namespace refwave::stream
