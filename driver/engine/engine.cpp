#include "driver/engine/engine.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::engine {

Engine::Engine(EngineContext context, hal::Direction direction, std::string device,
               const configuration::Configuration& configuration)
    : context_(std::move(context)),
      configuration_(configuration),
      members_(context_.table, direction, configuration),
      watch_(configuration.start_ms),
      opener_(context_, direction, std::move(device), configuration, members_.membership()) {}

Engine::~Engine() {
  if (active_) report_end(*active_, "no longer needed");
}

core::Error Engine::open(const dsp::Format& format) {
  // Without slow_: an open does not wait for a change in progress.
  if (serves(format)) return core::Error::none;
  const hal::MutexLock slow(slow_);
  if (serves(format)) return core::Error::none;
  // An idle device may have the rate of a closed stream, or replace one whose server was slow.
  if (const auto lingering = take_idle_device()) {
    report_end(*lingering, "idle, and the next stream has another rate, or another device by now");
    lingering->device->stop();
  }
  if (active()) return core::Error::none;
  auto opened = opener_.open_configured(configuration_.fallback, preferred());
  if (!opened) return core::Error::no_device;
  if (install(opened, nullptr, Runs::not_yet) == Installed::no_memory) return core::Error::no_memory;
  // The client may never write; the supervisor then closes the device as idle.
  context_.supervisor->wake();
  return core::Error::none;
}

/// Returns: whether the open device suits a client of this rate. Effects: the first client's is preferred.
bool Engine::serves(const dsp::Format& format) {
  const hal::MutexLock lock(mutex_);
  const bool decides = configuration_.rate == 0 && members_.empty();
  if (members_.empty()) preferred_ = format;
  const bool may_be_better =
      active_ && members_.empty() && active_->missed == hal::Availability::server_pending;
  if (!active_ || may_be_better) return false;
  if (!decides) return true;
  return active_->clocked || active_->preferred_rate == format.rate ||
         active_->device->info().format.rate == format.rate;
}

dsp::Format Engine::preferred() const {
  const hal::MutexLock lock(mutex_);
  return preferred_;
}

core::Error Engine::attach(core::Stream& stream) {
  for (;;) {
    {
      const hal::MutexLock lock(mutex_);
      if (active_) {
        if (!members_.add(stream)) return core::Error::no_memory;
        watch_.note_needed(hal::monotonic_now_ns());
        return core::Error::none;
      }
    }
    // The device was closed as idle after the caller's open().
    const core::Error problem = open(stream.format());
    if (problem != core::Error::none) return problem;
  }
}

void Engine::detach(std::size_t slot) {
  {
    const hal::MutexLock lock(mutex_);
    members_.remove(slot);
  }
  // The supervisor ends surplus threads, and may be asleep.
  context_.supervisor->wake();
}

void Engine::serve_again(core::Stream& stream) noexcept {
  const hal::MutexLock lock(mutex_);
  members_.serve_again(stream);
}

/// Effects: moves all members to `device`, if `before` still serves them. The caller closes `before`.
Engine::Installed Engine::install(const std::shared_ptr<OpenDevice>& device,
                                  const std::shared_ptr<OpenDevice>& before, Runs runs) {
  const dsp::Format& format = device->device->info().format;
  const hal::MutexLock lock(mutex_);
  if (active_ != before) return Installed::too_late;
  Members::Pipelines made;
  if (!members_.make_pipelines(format, made)) return Installed::no_memory;
  if (device->is_fallback && !on_fallback_ && !is_missed_) {
    missed_since_ns_ = hal::monotonic_now_ns();
    attempts_ = 0;
  }
  on_fallback_ = device->is_fallback;
  if (on_fallback_) retries_.begin(hal::monotonic_now_ns(), kFirstRetryNs);
  refuses_.store(device->is_fallback && configuration_.fallback == hal::Fallback::none,
                 std::memory_order_relaxed);
  active_ = device;
  watch_.note_change();
  watch_.note_needed(hal::monotonic_now_ns());
  members_.move_all(format, device->side->epoch(), made);
  if (before) past_.add(before->side->statistics());
  if (runs == Runs::already) {
    ++(device->clocked ? past_.losses : past_.returns);
    is_missed_ = device->is_fallback;
    note_running();
    start_wanted_.store(false);
  }
  context_.table->trace.note(core::TraceKind::device_serves, core::kNoSlot, device->side->epoch());
  return Installed::yes;
}

void Engine::note_running() noexcept {
  running_.store(true, std::memory_order_relaxed);
  start_back_off_.note_success();
  nothing_runs_since_ns_ = 0;
  cannot_run_.store(false, std::memory_order_relaxed);
}

std::shared_ptr<OpenDevice> Engine::active() const {
  const hal::MutexLock lock(mutex_);
  return active_;
}

void Engine::want_running() {
  // The caller holds its stream's mutex, and has queued its block. A stopping device clears running_, then
  // looks at each stream under its mutex, if free. So either it finds the block (or the call), and keeps
  // running, or this load comes later and reads false. Relaxed: the mutex orders this, and each write comes
  // here; a read-modify-write would slow streams that share a device.
  if (running_.load(std::memory_order_relaxed)) return;
  // Relaxed: a start that is already wanted is the first thread's. The request's queue orders the rest.
  if (start_wanted_.exchange(true, std::memory_order_relaxed)) return;
  wanted_ns_.store(hal::monotonic_now_ns(), std::memory_order_relaxed);
  context_.supervisor->request_start(weak_from_this());
}

void Engine::wait_until_running() {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::chrono::microseconds kNap{50};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (start_wanted_.load() && std::chrono::steady_clock::now() < deadline) hal::nap(kNap);
}

Engine::Sound Engine::sound() const {
  const hal::MutexLock lock(mutex_);
  return active_ ? Sound{active_->side, active_->side->sound_end()} : Sound{};
}

void Engine::wait_until_played(const Sound& sound, std::int64_t latest_ns) const {
  constexpr std::int64_t kPatienceNs = 1'000'000'000;
  constexpr std::chrono::milliseconds kNap{1};
  const std::int64_t end_ns = std::min(latest_ns, hal::monotonic_now_ns() + kPatienceNs);
  const auto serves = [&] {
    const hal::MutexLock lock(mutex_);
    return active_ && active_->side == sound.side;
  };
  while (sound.side && sound.side->played() < sound.end && serves() && hal::monotonic_now_ns() < end_ns)
    hal::nap(kNap);
}

void Engine::post_start() noexcept {
  {
    const hal::MutexLock lock(mutex_);
    if (start_posted_) return;
    try {
      start_posted_ = context_.device_thread->post([self = shared_from_this()] { self->start_device(); });
    } catch (const std::bad_alloc&) {
      // A later tick tries again.
    }
    if (start_posted_) return;
  }
  note_nothing_runs();
}

void Engine::start_device() {
  try {
    carry_out_start();
  } catch (const std::bad_alloc&) {
    note_nothing_runs();
  }
  const hal::MutexLock lock(mutex_);
  start_posted_ = false;
  // Otherwise the start stays wanted until the clocked device takes over.
  if (running_.load(std::memory_order_relaxed)) start_wanted_.store(false);
}

void Engine::carry_out_start() {
  const hal::MutexLock slow(slow_);
  std::shared_ptr<OpenDevice> device = active();
  if (!device) {
    // Queued headers have to complete, so a fallback is allowed whatever the configuration says.
    device = opener_.open_configured(hal::Fallback::clocked, preferred());
    const Installed installed = device ? install(device, nullptr, Runs::not_yet) : Installed::no_memory;
    if (installed == Installed::no_memory) note_nothing_runs();
    if (installed != Installed::yes) return;
  }
  if (running_.load(std::memory_order_relaxed)) return;
  if (std::string problem; !opener_.start(*device, problem)) {
    report_failure(problem);
    if (!replace_by_clock(device, "does not start")) note_nothing_runs();
    return;
  }
  bool is_back = false;
  {
    const hal::MutexLock lock(mutex_);
    // The start took too long, and another device serves.
    if (active_ != device) return;
    watch_.note_needed(hal::monotonic_now_ns());
    note_running();
    // The fallback was closed as idle, and the lost device is back before the next retry.
    is_back = !device->is_fallback && std::exchange(is_missed_, false);
    if (is_back) {
      ++attempts_;
      ++past_.returns;
    }
  }
  const std::int64_t since_ns = wanted_ns_.load(std::memory_order_relaxed);
  context_.event_log->report([&] {
    return event_log::device_text(device->device->info().name) + " has started, " +
           event_log::seconds_text(hal::monotonic_now_ns() - since_ns) + " after it was needed";
  });
  opener_.learn_audio_thread(*device);
  if (is_back) report_return(device->device->info().name);
}

void Engine::stop_if_idle() {
  const hal::MutexLock slow(slow_);
  {
    const hal::MutexLock lock(mutex_);
    stop_posted_ = false;
  }
  const auto device = take_idle_device();
  if (!device) return;
  report_end(*device, "unused for linger_ms");
  device->device->stop();
}

void Engine::drop_queue() {
  // A shorter one is over by the time that the device is open again.
  if (configuration_.latency_ms < configuration::kLongLatencyMs) return;
  // The audio thread itself may make this call, and cannot stop its own device.
  if (configuration_.completion == core::Completion::direct) return;
  const hal::MutexLock slow(slow_);
  if (const auto open = active(); open && open->device->info().starts_over) return;
  const auto device = take_idle_device();
  if (!device) return;
  report_end(*device, "a reset drops what it has queued");
  device->device->abort();
}

void Engine::report_end(const OpenDevice& device, const char* why) const noexcept {
  context_.event_log->report(
      [&] { return event_log::device_text(device.device->info().name) + " is closed: " + why; });
}

/// Returns: the device, which serves no stream any more; null if a stream needs it.
std::shared_ptr<OpenDevice> Engine::take_idle_device() {
  const hal::MutexLock lock(mutex_);
  if (!active_) return nullptr;
  const bool was_running = running_.load(std::memory_order_relaxed);
  // Relaxed, before the looks under the streams' mutexes: see want_running().
  running_.store(false, std::memory_order_relaxed);
  // Later headers go to the next device. This one only plays out what it has.
  if (!members_.is_idle() || !members_.take_back_all()) {
    running_.store(was_running, std::memory_order_relaxed);
    return nullptr;
  }
  past_.add(active_->side->statistics());
  on_fallback_ = false;
  refuses_.store(false, std::memory_order_relaxed);
  // No stream needs a device; the next header tries one again.
  if (cannot_run_.exchange(false, std::memory_order_relaxed)) {
    start_wanted_.store(false);
    nothing_runs_since_ns_ = 0;
  }
  return std::exchange(active_, nullptr);
}

core::DeviceStatistics Engine::statistics() {
  const hal::MutexLock lock(mutex_);
  core::DeviceStatistics now = past_;
  now.missed = active_ ? active_->missed : opener_.missed();
  if (!active_) return now;
  static_cast<hal::OpenInfo&>(now) = active_->device->info();
  now.epoch = active_->side->epoch();
  now.add(active_->side->statistics());
  return now;
}

}  // namespace refwave::engine
