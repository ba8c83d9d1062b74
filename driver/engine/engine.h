// The owner of a wave device's sound device, which all its streams share. The first stream opens it, the
// first block or recording starts it, and `linger_ms` after the last frame it is closed. A device that is
// lost, hangs or does not start is replaced by the clocked device until it returns. DeviceOpener opens
// devices, Members moves streams between them, DeviceWatch decides.
//
//   1  Opens, starts, returns and stops come one at a time, under slow_. A loss does not wait for them.
//   2  So only install() and take_idle_device() change active_, if it still is what the caller has seen.
//   3  No slow call of a device is made under mutex_.
//   4  Audio states name the epoch of active_. A late callback of a replaced device touches nothing.
//   5  A queued header of a running stream implies running_, start_wanted_, or its writer in want_running().
//   6  on_fallback_ is active_'s. refuses_: the configuration does not allow the active fallback.
//      cannot_run_: not even the clocked device runs.
//
// Called by Streams and Driver, by the supervisor (post_start, tick), and by tasks on the device thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
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
#include "hal/system/back_off.h"
#include "hal/system/mutex.h"

namespace refwave::engine {

class Engine : public std::enable_shared_from_this<Engine> {
 public:
  Engine(EngineContext context, hal::Direction direction, std::string device,
         const configuration::Configuration& configuration);
  /// Effects: closes the device; two seconds at most.
  ~Engine();

  /// Effects: opens the device, or the fallback if allowed, unless one is open. Without a configured rate the
  /// first stream's `format` is preferred. Each call of the device may take two seconds. Errors: no_device,
  /// no_memory. Throws std::bad_alloc. Thread: control.
  core::Error open(const dsp::Format& format);
  /// Effects: the device serves the stream. Errors: no_memory, no_device.
  core::Error attach(core::Stream& stream);
  /// Effects: forgets the stream; the caller then takes its audio state from the audio threads.
  void detach(std::size_t slot);
  /// Effects: serves the stream's fresh audio state, as soon as there is memory. Under the stream's mutex.
  void serve_again(core::Stream& stream) noexcept;

  /// Effects: requests the device's start, if need be. Under the stream's mutex; does not wait.
  void want_running();
  /// Effects: waits until no start is wanted, five seconds at most.
  void wait_until_running();
  /// Returns: whether a fallback serves that is not allowed: queued headers complete, new ones are refused.
  bool refuses() const noexcept { return refuses_.load(std::memory_order_relaxed); }
  /// Returns: whether nothing can run: queued headers are returned, new ones are refused.
  bool cannot_run() const noexcept { return cannot_run_.load(std::memory_order_relaxed); }
  /// Returns: why a new header is refused, or none. Effects: a refusal keeps the device wanted.
  core::Error refusal() noexcept {
    if (!cannot_run() && !refuses()) return core::Error::none;
    has_refused_.store(true, std::memory_order_relaxed);
    return cannot_run() ? core::Error::no_memory : core::Error::no_device;
  }
  /// Effects: closes a device of a long latency, unless streams play, the device starts over at an open, or
  /// the audio thread calls clients: its queue is dropped.
  void drop_queue();
  /// Effects: the next tick retries a lost device.
  void retry_at_once();
  /// Effects: has the device thread start the device; a later tick() tries again. Thread: the supervisor.
  void post_start() noexcept;
  /// Effects: checks the device. Returns: whether one is open or wanted. Thread: the supervisor.
  bool tick(std::int64_t now_ns) noexcept;

  /// The sound that a device has been given.
  struct Sound {
    std::shared_ptr<const DeviceSide> side;
    std::uint64_t end = 0;  // as DeviceSide::sound_end()
  };
  Sound sound() const;
  /// Effects: waits until the callbacks show that it was played: a starved sound server plays later than it
  /// had said. No longer than a second, until `latest_ns`, or while the device serves.
  void wait_until_played(const Sound& sound,
                         std::int64_t latest_ns = std::numeric_limits<std::int64_t>::max()) const;

  bool has_device() const { return active() != nullptr; }
  core::DeviceStatistics statistics();
  /// Returns: the streams that the device serves. Thread: any.
  const core::MembershipMask& membership() const { return *opener_.membership(); }
  /// The wave device's volume: left in the low word, right in the high one.
  std::atomic<std::uint32_t>& volume() { return *opener_.volume(); }

 private:
  enum class Installed : std::uint8_t { yes, too_late, no_memory };
  enum class Runs : std::uint8_t { not_yet, already };
  static constexpr std::int64_t kFirstRetryNs = 500'000'000;
  static constexpr std::int64_t kShortestRetryNs = 50'000'000;
  // A server that is back is used within two seconds.
  static constexpr std::int64_t kLongestRetryNs = 1'200'000'000;

  std::shared_ptr<OpenDevice> active() const;
  bool serves(const dsp::Format& format);
  dsp::Format preferred() const;
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
  void retry_now() REQUIRES(mutex_);
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
  dsp::Format preferred_ GUARDED_BY(mutex_){.rate = 0};  // of the stream that was opened first
  core::DeviceStatistics past_ GUARDED_BY(mutex_);       // of devices already closed
  std::int64_t missed_since_ns_ GUARDED_BY(mutex_) = 0;  // when the first fallback took over
  std::uint32_t attempts_ GUARDED_BY(mutex_) = 0;        // to go back, since then
  // Losses of devices other than the clocked one; failures to start of any.
  event_log::NewsLimit loss_news_ GUARDED_BY(mutex_);
  event_log::NewsLimit failure_news_ GUARDED_BY(mutex_);
  hal::BackOff start_back_off_ GUARDED_BY(mutex_){10'000'000,
                                                  1'000'000'000};  // after a start with which nothing runs
  hal::BackOff retries_ GUARDED_BY(mutex_){kShortestRetryNs,
                                           kLongestRetryNs};   // to go back to the configured device
  std::int64_t nothing_runs_since_ns_ GUARDED_BY(mutex_) = 0;  // although it should; 0: something does

  DeviceOpener opener_;  // constant, except the volume, which is atomic

  std::atomic<bool> running_{false};        // the device runs; see want_running()
  std::atomic<bool> start_wanted_{false};   // a start was requested and has not been carried out
  std::atomic<bool> refuses_{false};        // written under mutex_; each write reads it, perhaps late
  std::atomic<bool> cannot_run_{false};     // as refuses_
  std::atomic<bool> has_refused_{false};    // a header, since the last tick; control → supervisor
  std::atomic<std::int64_t> wanted_ns_{0};  // when it was requested; any thread → supervisor
};

}  // namespace refwave::engine
