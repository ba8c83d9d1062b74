// Looking after a sound device: lost, stalled, idle, back again.
#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>

#include "driver/core/cycle.h"
#include "driver/engine/engine.h"
#include "driver/engine/thread_stack.h"
#include "hal/clocked_backend.h"
#include "hal/realtime.h"

namespace refwave::engine {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kFirstRetryNs = 500 * kMs;
constexpr std::int64_t kLastRetryNs = 16'000 * kMs;
// From a write to the first callback. The clocked device then needs some ten milliseconds to take over, and a
// header may be half a second late.
constexpr std::int64_t kStartGraceNs = 350 * kMs;
constexpr std::int64_t kSmallestGapNs =
    200 * kMs;                                    // below this a busy machine is likelier than a dead device
constexpr std::size_t kEnoughStack = 256 * 1024;  // for a client's callback, in bytes

// Ticks in which nothing has moved, however late they were: a process that was stopped, and its device with
// it, gives the device that long to go on.
constexpr std::uint32_t kEnoughLooks = 20;
// The same for a seat whose device has been replaced: half of the half second is over by then, and on a busy
// machine a look takes half as long again.
constexpr std::uint32_t kEnoughLooksAtSeat = 10;

/// Effects: waits for the device's first callback. Returns: whether it came in time.
bool wait_for_callback(const DeviceSide& side, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kNap{5};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (side.last_period_ns() == 0 && std::chrono::steady_clock::now() < deadline) hal::nap(kNap);
  return side.last_period_ns() != 0;
}

/// Returns: the longest time between two callbacks of a living device.
std::int64_t longest_gap_ns(const hal::OpenInfo& info) {
  const auto frames_ns = [&](std::uint32_t frames) {
    return std::int64_t{frames} * 1'000 * kMs / info.format.rate;
  };
  return std::max(
      {4 * frames_ns(info.period_frames), frames_ns(info.latency_frames) + 50 * kMs, kSmallestGapNs});
}

}  // namespace

/// A stack that is not known to be large makes DriverCallback switch to another, no more.
void Engine::learn_stack(OpenDevice& device) {
  if (configuration_.completion != configuration::Completion::direct) return;
  constexpr std::chrono::milliseconds kPatience{500};
  std::size_t bytes = device.device->info().stack_bytes;
  if (bytes == 0 && !device.clocked && wait_for_callback(*device.side, kPatience))
    bytes = stack_bytes_of(device.side->audio_thread());
  if (bytes >= kEnoughStack) device.side->stack_is_large();
}

/// Returns: whether the device should have called, or started, long ago. Under mutex_.
bool Engine::is_overdue(std::int64_t now_ns, bool running) {
  if (running && active_->clocked) return false;  // it may be stepped
  const std::int64_t asked_ns = wanted_ns_.load(std::memory_order_relaxed);
  const std::int64_t called_ns = running ? active_->side->last_period_ns() : 0;
  const std::int64_t since_ns = std::max(asked_ns, called_ns);
  if (since_ns != quiet_since_ns_) {
    quiet_since_ns_ = since_ns;
    looks_ = 0;
    return false;
  }
  const std::int64_t limit_ns =
      called_ns > asked_ns ? longest_gap_ns(active_->device->info()) : kStartGraceNs;
  return ++looks_ >= kEnoughLooks && now_ns - since_ns > limit_ns;
}

bool Engine::tick(std::int64_t now_ns) noexcept {
  try {
    return watch(now_ns);
  } catch (const std::bad_alloc&) {
    return true;
  }
}

bool Engine::watch(std::int64_t now_ns) {
  std::unique_lock lock(mutex_);
  const bool running = running_.load(std::memory_order_relaxed) != 0;
  const bool starting =
      !running && start_wanted_.load(std::memory_order_acquire);  // pairs with want_running()
  if (!active_ && !starting) return false;
  const bool lost = running && active_->side->is_lost();
  if (lost || ((running || starting) && is_overdue(now_ns, running))) {
    const std::shared_ptr<OpenDevice> before = active_;
    lock.unlock();
    replace_by_clock(before, lost ? "was lost" : running ? "has stopped calling" : "takes too long to start");
    return true;
  }
  if (active_) {
    fetch_left_behind();
    watch_idle(now_ns, running);
  }
  const bool start_again = starting && !start_posted_;
  lock.unlock();
  if (start_again) post_start();
  return true;
}

/// Effects: has the device thread stop what nobody needs, and try what was lost. Under mutex_.
void Engine::watch_idle(std::int64_t now_ns, bool running) {
  if (is_busy()) busy_ns_ = now_ns;
  if (now_ns - busy_ns_ > std::int64_t{configuration_.linger_ms} * kMs && !stop_posted_)
    stop_posted_ = room_.device_thread->post([self = shared_from_this()] { self->stop_if_idle(); });
  heed_changes();
  if (running && on_fallback_ && now_ns >= retry_at_ns_ && !retry_posted_)
    retry_posted_ = room_.device_thread->post([self = shared_from_this()] { self->try_again(); });
}

/// Effects: a device that has come, or become the default, may be the one that is missed: it is tried without
/// waiting for the back-off. Under mutex_.
void Engine::heed_changes() {
  const std::uint32_t changes = room_.devices->changes();
  if (std::exchange(seen_changes_, changes) == changes || !on_fallback_) return;
  retry_after_ns_ = kFirstRetryNs;
  retry_at_ns_ = 0;
}

/// Effects: streams whose seat was taken when the device changed follow it. An audio thread that is still
/// inside after all these looks has died there: the slot is given up, and its headers complete silently
/// (Streams::look_after()). Under mutex_.
void Engine::fetch_left_behind() {
  for (auto& [index, member] : members_) {
    if (!member.left_behind) continue;
    member.left_behind = !move_over(index, member);
    if (!member.left_behind || ++member.looks < kEnoughLooksAtSeat) continue;
    member.left_behind = !room_.table->slots[index].retire(core::monotonic_now_ns());
    if (!member.left_behind)
      room_.journal->add(
          "a lost device's thread has stopped inside a stream, which stays silent until it is "
          "closed");
  }
}

/// Returns: a clocked device in the format of `lost`, or of the newest device if that is null: every stream
/// has what it needs for that. Null if there is none.
std::shared_ptr<Engine::OpenDevice> Engine::open_clock_like(const OpenDevice* lost) {
  hal::OpenRequest same = request(hal::kClockedName);
  dsp::Format format;
  {
    const std::lock_guard lock(mutex_);
    format = lost != nullptr ? lost->device->info().format : last_format_;
  }
  same.rate = format.rate;
  same.channels = format.channels;
  same.any_type = false;
  same.type = format.type;
  std::string problem;
  auto clock = open_device(same, hal::Fallback::none, problem);
  if (clock && start_one(*clock)) {
    clock->is_fallback = true;
    learn_stack(*clock);
    return clock;
  }
  if (!problem.empty()) room_.journal->add(problem);
  return nullptr;
}

/// Effects: the clocked device goes on in the lost one's format, so that blocks keep completing in time,
/// silently, unless another thread has replaced or stopped `lost` meanwhile. `lost`: null if there is none
/// yet. What fails is tried again by the next tick.
void Engine::replace_by_clock(const std::shared_ptr<OpenDevice>& lost, const std::string& why) {
  room_.table->trace.note(core::TraceKind::device_lost, core::kNoSlot, lost ? lost->side->epoch() : 0);
  auto clock = open_clock_like(lost.get());
  if (!clock) return;
  {
    const std::lock_guard lock(mutex_);
    retry_after_ns_ = kFirstRetryNs;
    retry_at_ns_ = core::monotonic_now_ns() + retry_after_ns_;
  }
  if (install(clock, lost, Runs::already) != Installed::yes) return dispose(std::move(clock));
  start_wanted_.store(false, std::memory_order_release);  // pairs with wait_until_running()
  // The dead thread may have marked streams ready, and not have come to its wake at the period's end.
  if (room_.table->ready.any()) room_.table->waker.wake_one();
  if (lost) dispose(lost);
  room_.journal->add("device \"" + (lost ? lost->device->info().name : wanted_device_) + "\" " + why +
                     ": the clocked device takes over, silently, until it is back");
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
  constexpr std::chrono::milliseconds kPatience{1'000};  // the clock serves meanwhile
  std::string problem;
  auto device = open_device(request(wanted_device_), hal::Fallback::none, problem);
  if (!device || device->clocked || !start_one(*device) || !wait_for_callback(*device->side, kPatience))
    return;
  learn_stack(*device);
  const std::string& name = device->device->info().name;
  switch (install(device, before, Runs::already)) {
    case Installed::yes:
      return room_.journal->add("device \"" + name + "\" is back");
    case Installed::no_memory:
      return room_.journal->add("device \"" + name + "\" is back, but there is no memory for its streams");
    case Installed::too_late:
      return;
  }
}

/// Closing may take as long as the device likes: not on this thread, if there is another.
void Engine::dispose(std::shared_ptr<OpenDevice> device) noexcept {
  try {
    room_.device_thread->post([device = std::move(device)]() mutable { device.reset(); });
  } catch (const std::bad_alloc&) {  // closed here, then
  }
}

/// Under mutex_.
void Engine::account_for(const OpenDevice& device) { past_.add(device.side->statistics()); }

stream::DeviceStatistics Engine::statistics() {
  const std::lock_guard lock(mutex_);
  stream::DeviceStatistics now = past_;
  if (!active_) return now;
  const hal::OpenInfo& info = active_->device->info();
  now.name = info.name;
  now.format = info.format;
  now.period_frames = info.period_frames;
  now.latency_frames = info.latency_frames;
  now.add(active_->side->statistics());
  return now;
}

}  // namespace refwave::engine
