// The owner of one wave device's sound device, which all its streams share. It opens the device with the
// first stream and starts it with the first block, or with the start of a recording. It replaces the device
// by the clocked device when the device is lost, hangs or does not start, and goes back when the device
// returns. It closes the device `linger_ms` after the last frame. DeviceOpener opens devices, Members moves
// the streams from one device to another, and DeviceWatch decides when a device has to be replaced, closed or
// tried again.
//
//   1  Opens, starts, returns and stops come one at a time, under slow_. A loss does not wait for them.
//   2  So only install() and take_idle_device() change active_, and only if it still is what the caller has
//      seen.
//   3  No call of a device that may take long is made under mutex_.
//   4  Audio states name the epoch of active_. A replaced device may still call, late: it touches nothing.
//   5  A queued header of a stream that runs has running_, or start_wanted_, or its writer in want_running().
//   6  on_fallback_ is that of active_. refuses_ is true while a fallback serves that the configuration
//      does not allow, and cannot_run_ while not even the clocked device runs.
//
// Called by Streams and Driver on control threads, by the supervisor (post_start, tick) and by the tasks
// that it posts to the device thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "driver/configuration/configuration.h"
#include "driver/core/stream/error.h"
#include "driver/core/stream/statistics.h"
#include "driver/engine/device_opener.h"
#include "driver/engine/device_thread.h"
#include "driver/engine/device_watch.h"
#include "driver/engine/members.h"
#include "driver/event_log/event_log.h"
#include "hal/system/mutex.h"

namespace refwave::engine {

class Engine : public std::enable_shared_from_this<Engine> {
 public:
  Engine(EngineContext context, hal::Direction direction, std::string device,
         const configuration::Configuration& configuration);
  /// Effects: closes the device; two seconds at most.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Effects: makes sure that a device is open, or the fallback if the configuration allows that. The device
  /// runs at `rate`, the client's, if the configuration leaves the rate to the device, the device takes it,
  /// and no stream is attached yet. Each call of the device may take two seconds. Errors: no_device,
  /// no_memory. Throws std::bad_alloc. Thread: control.
  core::Error open(std::uint32_t rate);
  /// Effects: the device's thread serves this stream from now on. Errors: no_memory, no_device.
  core::Error attach(core::Stream& stream);
  /// Effects: forgets the stream; the caller then takes its audio state from the audio threads.
  void detach(std::size_t slot);
  /// Effects: the device serves the stream's fresh audio state, as soon as there is memory. Thread: control,
  /// with the stream's mutex.
  void serve_again(core::Stream& stream) noexcept;

  /// Effects: requests the device's start, if the device does not run. Thread: any control thread, with the
  /// mutex of the stream that needs the device; returns at once.
  void want_running();
  /// Effects: waits while a start is wanted. The device's start ends the wait, or the clocked device that
  /// takes over, or a deadline of five seconds.
  void wait_until_running();
  /// Returns: whether the clocked device serves although the configuration allows no fallback. Queued headers
  /// then complete, and new headers are refused. Thread: any; does not wait.
  bool refuses() const noexcept { return refuses_.load(std::memory_order_relaxed); }
  /// Returns: whether nothing can run, not even the clocked device, because memory or a thread is missing.
  /// Queued headers are then given back (Streams::supervise()), and new headers are refused. Thread:
  /// any; does not wait.
  bool cannot_run() const noexcept { return cannot_run_.load(std::memory_order_relaxed); }
  /// Returns: why a new header is refused: no_memory, no_device; none if it is not. Effects: if it is, the
  /// device is tried again for another `linger_ms`, because a client waits for it. Thread: any control
  /// thread; does not wait.
  core::Error refusal() noexcept {
    if (!cannot_run() && !refuses()) return core::Error::none;
    has_refused_.store(true, std::memory_order_relaxed);
    return cannot_run() ? core::Error::no_memory : core::Error::no_device;
  }
  /// Effects: a lost device is tried again at the next tick, without the back-off. Thread: any control
  /// thread.
  void retry_at_once();
  /// Effects: passes the start on to the device thread; if that fails, a later tick() passes it on. Thread:
  /// the supervisor.
  void post_start() noexcept;
  /// Effects: checks the device: lost, overdue, idle, back. A step that fails because memory or a thread is
  /// missing is tried again at a later tick. Returns: whether a device is open or wanted. Thread: the
  /// supervisor.
  bool tick(std::int64_t now_ns) noexcept;

  /// Returns: whether a device is open. Thread: any control thread.
  bool has_device() const { return active() != nullptr; }
  core::DeviceStatistics statistics();
  /// Returns: the streams that the device serves. Thread: any.
  const core::MembershipMask& membership() const { return *opener_.membership(); }
  /// The volume of the whole wave device: left in the low word, right in the high one.
  std::atomic<std::uint32_t>& volume() { return *opener_.volume(); }

 private:
  enum class Installed : std::uint8_t { yes, too_late, no_memory };
  enum class Runs : std::uint8_t { not_yet, already };

  std::shared_ptr<OpenDevice> active() const;
  bool serves(std::uint32_t rate);
  std::uint32_t preferred_rate() const;
  Installed install(const std::shared_ptr<OpenDevice>& device, const std::shared_ptr<OpenDevice>& before,
                    Runs runs);

  void start_device();
  void carry_out_start();
  void stop_if_idle();
  std::shared_ptr<OpenDevice> take_idle_device() REQUIRES(slow_);

  bool check_device(std::int64_t now_ns);
  DeviceState state(bool starting) const REQUIRES(mutex_);
  void post_slow_work(std::int64_t now_ns) REQUIRES(mutex_);
  bool replace_by_clock(std::shared_ptr<OpenDevice> lost, const std::string& why);
  void note_nothing_runs() noexcept;
  void note_running() noexcept REQUIRES(mutex_);
  void report_failure(const std::string& problem);
  void report_end(const OpenDevice& device, const char* why) const noexcept;
  void report_silence(const DeviceState& device, std::int64_t now_ns) const REQUIRES(mutex_);
  void report_loss(const OpenDevice* lost, const std::string& why);
  void report_return(const std::string& name);
  void try_again();
  void dispose(std::shared_ptr<OpenDevice> device) noexcept;

  const EngineContext context_;
  const configuration::Configuration configuration_;

  hal::Mutex slow_;           // one slow change at a time (open, start, try again, stop); before mutex_
  mutable hal::Mutex mutex_;  // held briefly
  std::shared_ptr<OpenDevice> active_ GUARDED_BY(mutex_);
  Members members_ GUARDED_BY(mutex_);
  DeviceWatch watch_ GUARDED_BY(mutex_);
  bool on_fallback_ GUARDED_BY(mutex_) = false;
  // The configured device was lost and has not run since; outlives its fallback.
  bool is_missed_ GUARDED_BY(mutex_) = false;
  bool start_posted_ GUARDED_BY(mutex_) = false;
  bool retry_posted_ GUARDED_BY(mutex_) = false;
  bool stop_posted_ GUARDED_BY(mutex_) = false;
  std::uint32_t seen_changes_ GUARDED_BY(mutex_) = 0;    // of the system's devices
  std::uint32_t preferred_rate_ GUARDED_BY(mutex_) = 0;  // of the stream that was opened first
  core::DeviceStatistics past_ GUARDED_BY(mutex_);       // of devices already closed
  std::int64_t missed_since_ns_ GUARDED_BY(mutex_) = 0;  // when the first fallback took over
  std::uint32_t attempts_ GUARDED_BY(mutex_) = 0;        // to go back, since then
  // Of lost devices, other than the clocked one; and of devices that do not start, the clocked one among
  // them.
  event_log::NewsLimit loss_news_ GUARDED_BY(mutex_);
  event_log::NewsLimit failure_news_ GUARDED_BY(mutex_);
  BackOff start_back_off_ GUARDED_BY(mutex_);                  // after a start with which nothing runs
  std::int64_t nothing_runs_since_ns_ GUARDED_BY(mutex_) = 0;  // although it should; 0: something does

  DeviceOpener opener_;  // constant, except the volume, which is atomic

  std::atomic<bool> running_{false};        // the device runs; see want_running()
  std::atomic<bool> start_wanted_{false};   // a start was requested and has not been carried out
  std::atomic<bool> refuses_{false};        // written under mutex_; each write reads it, perhaps late
  std::atomic<bool> cannot_run_{false};     // likewise
  std::atomic<bool> has_refused_{false};    // a header, since the last tick; control → supervisor
  std::atomic<std::int64_t> wanted_ns_{0};  // when it was requested; any thread → supervisor
};

}  // namespace refwave::engine
