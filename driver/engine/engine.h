// One wave device's way to the sound: at most one open sound device, which all its streams share. Opens it
// with the first stream, starts it when there is something to hear, replaces it by the clocked device when it
// is lost, hangs or does not start, goes back when it returns, and lets it go two seconds after the last
// frame.
//
// A replaced device may still call, late: it has an old epoch, and touches nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "driver/configuration/configuration.h"
#include "driver/core/pipeline.h"
#include "driver/core/slot_table.h"
#include "driver/engine/device_side.h"
#include "driver/engine/device_thread.h"
#include "driver/engine/housekeeper.h"
#include "driver/engine/journal.h"
#include "driver/stream/error.h"
#include "driver/stream/statistics.h"
#include "driver/stream/stream.h"
#include "hal/devices.h"

namespace refwave::engine {

/// What all engines of a driver use. Outlives them.
struct EngineRoom {
  std::shared_ptr<core::SlotTable> table;
  std::shared_ptr<hal::Devices> devices;
  std::shared_ptr<Journal> journal;
  std::shared_ptr<std::atomic<std::uint32_t>> next_epoch;
  Housekeeper* housekeeper = nullptr;
  std::shared_ptr<DeviceThread> device_thread;
};

class Engine : public std::enable_shared_from_this<Engine> {
 public:
  Engine(EngineRoom room, hal::Direction direction, std::string device,
         const configuration::Configuration& configuration);
  /// Effects: closes the device; two seconds at most.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  hal::Direction direction() const { return direction_; }

  /// Effects: sees to it that a device is open, the configured fallback's if need be. Takes as long as the
  /// device does, two seconds at most a call. Errors: no_device. Thread: control.
  stream::Error open();
  /// Effects: the device's thread serves this stream from now on. Errors: bad_format, no_memory.
  stream::Error attach(std::size_t slot, stream::Stream& stream);
  /// Effects: forgets the stream; the caller then takes it out of its seat.
  void detach(std::size_t slot);

  /// Effects: has the device started, if it does not run. Thread: any control thread; returns at once.
  void want_running();
  /// Effects: waits until the device runs, if it was wanted to; ended by it, or by a device that hangs for
  /// five seconds.
  void wait_until_running();
  /// Effects: looks whether a lost device is back, without waiting for its turn. Thread: any control thread.
  void look_again();
  /// Effects: passes starting on to the device thread; tick() does if that fails. Thread: the housekeeper.
  void post_start() noexcept;
  /// Effects: looks after the device: lost, late, idle, back. What fails for want of memory or of a thread is
  /// tried again the next time. Returns: whether there is something to look after. Thread: the housekeeper.
  bool tick(std::int64_t now_ns) noexcept;

  stream::DeviceStatistics statistics();
  /// Left in the low word, right in the high one; of the whole wave device.
  std::atomic<std::uint32_t>& volume() { return *volume_; }

 private:
  /// A sound device and our side of it.
  struct OpenDevice {
    std::shared_ptr<DeviceSide> side;
    std::unique_ptr<hal::Device> device;
    bool clocked = false;
    bool is_fallback = false;  // serves in place of what the configuration names
  };
  struct Member {
    stream::Stream* stream = nullptr;
    dsp::Format adopted{};  // the device format its newest pipeline was made for
    bool has_pipeline = false;
    std::unique_ptr<core::Pipeline> next{};  // that pipeline, until it is in use
    bool left_behind = false;                // an audio thread was in its seat when the device changed
    std::uint32_t looks = 0;                 // since then
  };
  using Pipelines = std::map<std::size_t, std::unique_ptr<core::Pipeline>>;
  enum class Installed : std::uint8_t { yes, too_late, no_memory };
  enum class Runs : std::uint8_t { not_yet, already };

  hal::OpenRequest request(const std::string& device) const;
  std::shared_ptr<OpenDevice> open_device(const hal::OpenRequest& request, hal::Fallback fallback,
                                          std::string& problem);
  std::shared_ptr<OpenDevice> open_configured(bool may_fall_back);
  std::shared_ptr<OpenDevice> active() const;
  Installed install(const std::shared_ptr<OpenDevice>& device, const std::shared_ptr<OpenDevice>& before,
                    Runs runs);
  bool make_pipeline(const Member& member, const dsp::Format& device, std::unique_ptr<core::Pipeline>& made);
  bool make_pipelines(const dsp::Format& device, Pipelines& made);
  void move_all(Pipelines& made) noexcept;
  bool move_over(std::size_t slot, Member& member) noexcept;
  bool take_back_all() noexcept;
  void account_for(const OpenDevice& device);

  void start_device();
  void carry_out_start();
  bool start_one(OpenDevice& device);
  void learn_stack(OpenDevice& device);
  void stop_if_idle();
  bool is_busy() const;

  bool watch(std::int64_t now_ns);
  void watch_idle(std::int64_t now_ns, bool running);
  bool is_overdue(std::int64_t now_ns, bool running);
  void fetch_left_behind();
  void heed_changes();
  void replace_by_clock(const std::shared_ptr<OpenDevice>& lost, const std::string& why);
  std::shared_ptr<OpenDevice> open_clock_like(const OpenDevice* lost);
  void try_again();
  void dispose(std::shared_ptr<OpenDevice> device) noexcept;

  const EngineRoom room_;
  const hal::Direction direction_;
  const std::string wanted_device_;
  const configuration::Configuration configuration_;
  const std::shared_ptr<core::Roster> roster_;
  const std::shared_ptr<std::atomic<std::uint32_t>> volume_;

  std::mutex slow_;           // one slow change at a time (open, start, try again, stop); before mutex_
  mutable std::mutex mutex_;  // guards what follows; held for moments only
  std::shared_ptr<OpenDevice> active_;
  std::map<std::size_t, Member> members_;
  dsp::Format last_format_{};  // of the newest device: every member has a pipeline for it
  bool on_fallback_ = false;
  bool start_posted_ = false;
  bool retry_posted_ = false;
  bool stop_posted_ = false;
  std::int64_t quiet_since_ns_ = 0;  // what the device did last, or was last asked to do
  std::uint32_t looks_ = 0;          // at it since then
  std::int64_t retry_at_ns_ = 0;
  std::int64_t retry_after_ns_ = 0;  // the back-off
  std::uint32_t seen_changes_ = 0;   // of the system's devices
  std::int64_t busy_ns_ = 0;         // when there was last something to hear
  stream::DeviceStatistics past_;    // of devices already closed

  std::atomic<std::uint32_t> running_{0};   // 1: the device runs; see want_running()
  std::atomic<bool> start_wanted_{false};   // a start was requested and has not been carried out
  std::atomic<std::int64_t> wanted_ns_{0};  // when; written by who requests it, read by the housekeeper
};

}  // namespace refwave::engine
