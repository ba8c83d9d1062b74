// One wave device's way to the sound: at most one open sound device, which all its streams share. Opens it
// with the first stream, starts it when there is something to hear, replaces it by the clocked device when it
// is lost, hangs or does not start, goes back when it returns, and closes it two seconds after the last
// frame. It owns that device. DeviceOpener opens devices, Members moves the streams from one device to
// another, and DeviceWatch decides when a device has to be replaced, closed or tried again.
//
// Called by Streams and Driver on control threads, by the housekeeper (post_start, tick) and by the tasks
// that it posts to the device thread. A replaced device may still call, late: it has an old epoch, and
// touches nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "driver/configuration/configuration.h"
#include "driver/engine/device_opener.h"
#include "driver/engine/device_watch.h"
#include "driver/engine/engine_room.h"
#include "driver/engine/members.h"
#include "driver/stream/error.h"
#include "driver/stream/statistics.h"
#include "driver/stream/stream.h"

namespace refwave::engine {

class Engine : public std::enable_shared_from_this<Engine> {
 public:
  Engine(EngineRoom room, hal::Direction direction, std::string device,
         const configuration::Configuration& configuration);
  /// Effects: closes the device; two seconds at most.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Effects: sees to it that a device is open, the configured fallback's if need be: at `rate`, the
  /// client's, where the configuration leaves the rate to the device, the device takes it, and no stream is
  /// attached yet. Takes as long as the device does, two seconds at most a call. Errors: no_device. Thread:
  /// control.
  stream::Error open(std::uint32_t rate);
  /// Effects: the device's thread serves this stream from now on. Errors: bad_format, no_memory.
  stream::Error attach(std::size_t slot, stream::Stream& stream);
  /// Effects: forgets the stream; the caller then takes it out of its seat.
  void detach(std::size_t slot);

  /// Effects: has the device started, if it does not run. Thread: any control thread; returns at once.
  void want_running();
  /// Effects: waits until the device runs, if it was wanted to. The wait is ended by the device, or after
  /// five seconds if it hangs.
  void wait_until_running();
  /// Returns: whether the clocked device serves although the configuration allows no fallback: what is queued
  /// completes, and nothing new is taken. Thread: any; does not wait.
  bool refuses() const noexcept { return refuses_.load(std::memory_order_relaxed); }
  /// Effects: a lost device is tried again at the next tick, without waiting for its turn. Thread: any
  /// control thread.
  void retry_at_once();
  /// Effects: passes starting on to the device thread; tick() does if that fails. Thread: the housekeeper.
  void post_start() noexcept;
  /// Effects: checks the device: lost, late, idle, back. What fails for want of memory or of a thread is
  /// tried again the next time. Returns: whether a device is open or wanted. Thread: the housekeeper.
  bool tick(std::int64_t now_ns) noexcept;

  /// Returns: whether a device is open. Thread: any control thread.
  bool has_device() const { return active() != nullptr; }
  stream::DeviceStatistics statistics();
  /// Left in the low word, right in the high one; of the whole wave device.
  std::atomic<std::uint32_t>& volume() { return *opener_.volume(); }

 private:
  enum class Installed : std::uint8_t { yes, too_late, no_memory };
  enum class Runs : std::uint8_t { not_yet, already };

  std::shared_ptr<OpenDevice> active() const;
  bool serves(std::uint32_t rate);
  std::uint32_t liked_rate() const;
  Installed install(const std::shared_ptr<OpenDevice>& device, const std::shared_ptr<OpenDevice>& before,
                    Runs runs);
  void account_for(const OpenDevice& device);

  void start_device();
  void carry_out_start();
  void stop_if_idle();
  std::shared_ptr<OpenDevice> take_idle_device();

  bool check_device(std::int64_t now_ns);
  DeviceState state(bool starting) const;
  void fetch_left_behind();
  void post_slow_work(std::int64_t now_ns);
  void replace_by_clock(std::shared_ptr<OpenDevice> lost, const std::string& why);
  void tell_of_end(const OpenDevice& device, const char* why) const noexcept;
  void tell_of_silence(const DeviceState& device, std::int64_t now_ns) const;
  void tell_of_loss(const OpenDevice* lost, const std::string& why);
  void tell_of_return(const std::string& name);
  void try_again();
  void dispose(std::shared_ptr<OpenDevice> device) noexcept;

  const EngineRoom room_;
  const configuration::Configuration configuration_;

  std::mutex slow_;           // one slow change at a time (open, start, try again, stop); before mutex_
  mutable std::mutex mutex_;  // guards what follows; held for moments only
  std::shared_ptr<OpenDevice> active_;
  Members members_;
  DeviceWatch watch_;
  bool on_fallback_ = false;
  bool start_posted_ = false;
  bool retry_posted_ = false;
  bool stop_posted_ = false;
  std::uint32_t seen_changes_ = 0;    // of the system's devices
  std::uint32_t liked_rate_ = 0;      // of the stream that was opened first of those there are
  stream::DeviceStatistics past_;     // of devices already closed
  std::int64_t missed_since_ns_ = 0;  // when the fallback took over
  std::uint32_t attempts_ = 0;        // to go back, since then

  DeviceOpener opener_;  // constant but for the volume, which is atomic

  std::atomic<std::uint32_t> running_{0};   // 1: the device runs; see want_running()
  std::atomic<bool> start_wanted_{false};   // a start was requested and has not been carried out
  std::atomic<bool> refuses_{false};        // written under mutex_, read by whoever queues: a hint in time
  std::atomic<std::int64_t> wanted_ns_{0};  // when; written by who requests it, read by the housekeeper
};

}  // namespace refwave::engine
