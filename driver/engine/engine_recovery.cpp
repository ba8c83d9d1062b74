// Engine's reactions to its DeviceWatch: replaces a lost device, retries it, closes an idle one.
#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "driver/engine/engine.h"
#include "driver/event_log/event_log.h"
#include "hal/system/clock.h"
#include "hal/system/owned_thread.h"

namespace refwave::engine {
namespace {

// Queued headers are returned when nothing has run for so long; until then memory or a thread may come free.
constexpr std::int64_t kPatienceNs = 100'000'000;

const char* reason_of(Finding finding, const OpenDevice* device) {
  if (finding == Finding::lost) return "was lost";
  if (finding != Finding::stopped_calling) return "takes too long to start";
  return device != nullptr && device->side->has_lost_thread()
             ? "has no thread any more, because a callback has ended it (driver threads call the program now)"
             : "has stopped calling";
}

const char* words_for(hal::ServerAnswer answer) {
  if (answer == hal::ServerAnswer::unknown) return "";
  return answer == hal::ServerAnswer::answers ? ", although its server answers"
                                              : ", and its server does not answer";
}

/// Effects: closes the device, and reports how many threads stay.
void close_device(std::shared_ptr<OpenDevice> device, event_log::EventLog& event_log) {
  const std::string holder = device->clocked || device->side->has_lost_thread()
                                 ? "the program's callbacks have ended or hold "
                                 : "the sound server's library hangs in ";
  const std::uint64_t before = hal::abandoned_threads();
  device.reset();
  if (const std::uint64_t left = hal::abandoned_threads() - before)
    event_log.add(holder + std::to_string(left) + " threads, which stay until the program ends");
}

}  // namespace

bool Engine::tick(std::int64_t now_ns) noexcept {
  try {
    return check_device(now_ns);
  } catch (const std::bad_alloc&) {
    return true;
  }
}

bool Engine::check_device(std::int64_t now_ns) {
  hal::MutexLock lock(mutex_);
  // Relaxed: a later request wakes the supervisor again.
  const bool starting =
      !running_.load(std::memory_order_relaxed) && start_wanted_.load(std::memory_order_relaxed);
  if (!active_ && !starting) return false;
  DeviceState seen = state(starting);
  Finding finding = watch_.examine(seen, now_ns);
  if (finding == Finding::silent) {
    seen.answer = active_->device->ask_server(seen.called_ns);
    finding = watch_.judge(seen, now_ns);
  }
  const bool is_due = start_back_off_.is_due(now_ns);
  if (finding != Finding::in_order && finding != Finding::silent) {
    if (!is_due) return true;
    if (finding == Finding::stopped_calling) report_silence(seen, now_ns);
    std::shared_ptr<OpenDevice> before = active_;
    lock.unlock();
    const char* const why = reason_of(finding, before.get());
    if (before && finding == Finding::stopped_calling) before->device->give_up();
    bool runs = false;
    try {
      runs = replace_by_clock(std::move(before), why);
    } catch (const std::bad_alloc&) {
      // A failed step.
    }
    if (!runs) note_nothing_runs();
    return true;
  }
  if (active_) {
    for (std::size_t overdue = members_.fetch_left_behind(); overdue > 0; --overdue)
      context_.event_log->add(
          "a lost device's thread is stuck in a stream; its queued blocks are returned unheard");
    post_slow_work(now_ns);
  }
  const bool start_again = starting && !start_posted_ && is_due;
  lock.unlock();
  if (start_again) post_start();
  return true;
}

DeviceState Engine::state(bool starting) const {
  DeviceState state{.running = running_.load(std::memory_order_relaxed),
                    .starting = starting,
                    .requested_ns = wanted_ns_.load(std::memory_order_relaxed)};
  if (!active_) return state;
  state.is_lost = active_->side->is_lost();
  state.may_be_silent = active_->device->may_be_silent();
  state.called_ns = active_->side->last_period_ns();
  const hal::OpenInfo& info = active_->device->info();
  state.usual_gap_ns = usual_gap_ns(info);
  state.pause_ns = std::int64_t{info.pause_ms} * 1'000'000;
  return state;
}

/// Effects: has the device thread stop an idle device, or retry a lost one.
void Engine::post_slow_work(std::int64_t now_ns) {
  const bool has_refused = has_refused_.exchange(false, std::memory_order_relaxed);
  const bool is_kept = active_ && active_->device->info().starts_over && !members_.empty();
  if (has_refused || members_.is_busy() || is_kept) watch_.note_needed(now_ns);
  const std::int64_t linger_ns = std::int64_t{configuration_.linger_ms} * 1'000'000;
  if (watch_.is_idle(now_ns, linger_ns) && !stop_posted_)
    stop_posted_ = context_.device_thread->post([self = shared_from_this()] { self->stop_if_idle(); });
  // A new device, or a new default, may be the lost one.
  const std::uint32_t changes = context_.devices->changes();
  if (std::exchange(seen_changes_, changes) != changes && on_fallback_) {
    context_.event_log->report(
        [&] { return "the devices have changed: \"" + opener_.wanted_device() + "\" is tried again now"; });
    retry_now();
  }
  const bool running = running_.load(std::memory_order_relaxed);
  if (running && on_fallback_ && retries_.is_due(now_ns) && !retry_posted_)
    retry_posted_ = context_.device_thread->post([self = shared_from_this()] { self->try_again(); });
}

/// Effects: a clocked device in the lost one's format takes over, silently, unless another thread has
/// replaced or stopped `lost`. `lost`: null if no device is open; then the newest device's format, for which
/// every stream has a pipeline. Returns: false if a step has failed; a later tick tries again.
bool Engine::replace_by_clock(std::shared_ptr<OpenDevice> lost, const std::string& why) {
  context_.table->trace.note(core::TraceKind::device_lost, core::kNoSlot, lost ? lost->side->epoch() : 0);
  dsp::Format format;
  {
    const hal::MutexLock lock(mutex_);
    format = lost ? lost->device->info().format : members_.format();
  }
  std::string problem;
  auto clock = opener_.open_clock_in(format, problem);
  if (!clock) {
    report_failure(problem);
    return false;
  }
  // A clock in place of a clock is a fallback only if that was one.
  if (lost && lost->clocked) {
    clock->is_fallback = lost->is_fallback;
    clock->missed = lost->missed;
  }
  if (const Installed installed = install(clock, lost, Runs::already); installed != Installed::yes) {
    dispose(std::move(clock));
    return installed != Installed::no_memory;
  }
  // The dead thread may have set ready bits without its wake-up.
  if (context_.table->ready.any()) context_.table->waker.wake_one();
  report_loss(lost.get(), why);
  // Closing it may take two seconds.
  if (lost) dispose(std::move(lost));
  return true;
}

/// Effects: if nothing has run for kPatienceNs, queued headers are returned, and new ones refused.
void Engine::note_nothing_runs() noexcept {
  const std::int64_t now_ns = hal::monotonic_now_ns();
  {
    const hal::MutexLock lock(mutex_);
    start_back_off_.note_failure(now_ns);
    if (nothing_runs_since_ns_ == 0) nothing_runs_since_ns_ = now_ns;
    if (now_ns - nothing_runs_since_ns_ < kPatienceNs) return;
    if (cannot_run_.exchange(true, std::memory_order_relaxed)) return;
  }
  try {
    context_.event_log->add("no thread or no memory for \"" + opener_.wanted_device() +
                            "\", nor for the clocked device: queued blocks are returned unheard, and new "
                            "ones are refused until there is");
  } catch (const std::bad_alloc&) {
    // The client sees the refusals.
  }
}

/// Each failure is logged, but not each is a warning.
void Engine::report_failure(const std::string& problem) {
  if (problem.empty()) return;
  hal::MutexLock lock(mutex_);
  failure_news_.note(hal::monotonic_now_ns());
  const auto kept = failure_news_.newest();
  lock.unlock();
  context_.event_log->add(problem, kept);
}

/// As report_failure().
void Engine::report_loss(const OpenDevice* lost, const std::string& why) {
  const std::string name = lost != nullptr ? lost->device->info().name : opener_.wanted_device();
  std::string line = "device \"" + name + "\" " + why;
  if (lost != nullptr && lost->clocked) {
    context_.event_log->add(line + ": another clocked device takes over");
    return;
  }
  line += ": the clocked device takes over, silently, until it is back";
  hal::MutexLock lock(mutex_);
  const std::uint32_t held = loss_news_.note(hal::monotonic_now_ns()).value_or(0);
  const auto kept = loss_news_.newest();
  lock.unlock();
  if (held > 0) line += " (" + std::to_string(held) + " more losses since the last warning)";
  context_.event_log->add(line, kept);
  if (refuses() && kept == event_log::EventLog::Kept::yes)
    context_.event_log->report([] { return "fallback = none: new blocks are refused until then"; });
}

void Engine::report_silence(const DeviceState& device, std::int64_t now_ns) const {
  const std::int64_t last_ns = std::max(device.called_ns, device.requested_ns);
  const std::int64_t patience_ns = watch_.patience_ns(device);
  const std::string& name = active_ ? active_->device->info().name : opener_.wanted_device();
  context_.event_log->report([&] {
    return event_log::device_text(name) + ": no callback for " + event_log::seconds_text(now_ns - last_ns) +
           "; " + event_log::seconds_text(patience_ns) + " would be normal" + words_for(device.answer);
  });
}

void Engine::report_return(const std::string& name) {
  const hal::MutexLock lock(mutex_);
  context_.event_log->add("device \"" + name + "\" is back", loss_news_.newest());
  context_.event_log->report([&name, since_ns = missed_since_ns_, attempts = attempts_] {
    return event_log::device_text(name) + " was away for " +
           event_log::seconds_text(hal::monotonic_now_ns() - since_ns) + "; it came back at attempt " +
           std::to_string(attempts);
  });
}

void Engine::retry_at_once() {
  const hal::MutexLock lock(mutex_);
  retry_now();
}

/// A server that has just appeared may not answer yet. So another retry follows after a tenth of a second.
void Engine::retry_now() { retries_.begin(0, kShortestRetryNs); }

/// Effects: returns to the configured device, or the present default, if it opens and calls.
void Engine::try_again() {
  // Kept: no scenario opens a stream of another rate while a device returns.
  const hal::MutexLock slow(slow_);
  std::shared_ptr<OpenDevice> before;
  {
    const hal::MutexLock lock(mutex_);
    retry_posted_ = false;
    if (!active_ || !on_fallback_ || !running_.load(std::memory_order_relaxed)) return;
    before = active_;
    retries_.note_failure(hal::monotonic_now_ns());
    ++attempts_;
  }
  const auto device = opener_.open_returned(preferred());
  if (!device) return;
  const std::string& name = device->device->info().name;
  const Installed installed = install(device, before, Runs::already);
  if (installed == Installed::yes) report_return(name);
  if (installed == Installed::no_memory)
    context_.event_log->add("device \"" + name + "\" is back, but there is no memory for its streams");
}

/// Effects: closes the device on the device thread, or here if there is none.
void Engine::dispose(std::shared_ptr<OpenDevice> device) noexcept {
  report_end(*device, "another one serves");
  try {
    context_.device_thread->post([device = std::move(device), event_log = context_.event_log]() mutable {
      close_device(std::move(device), *event_log);
    });
  } catch (const std::bad_alloc&) {
    // The task was not made, and this thread closes the device.
  }
}

}  // namespace refwave::engine
