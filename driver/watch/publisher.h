// Publishes what a driver counts of its streams in the record of its process, for `refwave watch`, ten times
// a second while a device is open. The supervisor takes over counters that are there, and under a stream's
// mutex what that guards. A thread of its own writes them, because the folder may hang: it has the least
// priority of all, it runs while there is a device whose streams are published, and no other thread waits for
// it, but for DRV_DISABLE, which has a deadline.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "driver/configuration/configuration.h"
#include "driver/core/stream/statistics.h"
#include "driver/core/stream/stream_table.h"
#include "driver/event_log/event_log.h"
#include "driver/watch/record.h"
#include "hal/device.h"
#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"

namespace refwave::watch {

/// A wave device, as the driver knows it now.
struct Served {
  hal::Direction direction;
  core::DeviceStatistics statistics;
  const core::MembershipMask& members;
};

/// What is known of a stream that ran dry, of the tenth of a second in which that was counted.
struct Dry {
  std::uint64_t late_periods = 0;  // of the device
  std::int64_t gap_ns = 0;         // for how long the stream was silent, the last time; 0: not known
  std::int64_t notify_ns = 0;      // its longest buffer-done latency; 0: not known
  std::int64_t taken_ns = 0;       // what the device took of it, silence included
  std::int64_t elapsed_ns = 0;
  std::int64_t queued_ns = 0;   // when that tenth of a second began
  std::int64_t at_once_ns = 0;  // what the device takes at once as a rule
};

/// Returns: whose fault it is. The machine's if the audio thread woke late, or a notifier so late that a
/// client that is told in time would have been in time; the device's if it took more at once than it does and
/// than was queued; otherwise the program's, whose block came late by the gap.
constexpr Cause cause_of(const Dry& dry) {
  const bool was_told_late = dry.gap_ns > 0 && dry.notify_ns >= dry.gap_ns;
  if (dry.late_periods > 0 || was_told_late) return Cause::machine;
  const bool took_at_once = dry.taken_ns > dry.elapsed_ns + dry.at_once_ns + dry.queued_ns;
  return took_at_once ? Cause::device : Cause::program;
}

class Publisher {
 public:
  Publisher(std::shared_ptr<core::StreamTable> table, std::shared_ptr<const event_log::EventLog> event_log);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// Effects: there may be a record from now on, or it goes with the next tick(). At first there may be none.
  /// Thread: any control thread.
  void allow(configuration::Watch watch) noexcept {
    is_allowed_.store(watch == configuration::Watch::on, std::memory_order_relaxed);
  }
  /// Effects: takes over what is counted, ten times a second while a device is open, and once after the last
  /// one has closed, and has it written. The record is made with the first device, and goes where none is
  /// allowed; if that fails, the log says why, and the next device tries again. `devices`: with others a new
  /// record begins, because their counters do. Returns: whether a tick is due soon, though no device be open.
  /// Thread: the supervisor.
  using Serving = std::function<std::vector<Served>()>;
  bool tick(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
            const Serving& serving) noexcept;
  /// Effects: the record is gone, and none is made any more. Waits no longer than `patience`: if the folder
  /// hangs, the file is left behind. Thread: control.
  void end(const hal::Patience& patience) noexcept;

 private:
  struct Outbox;

  void have_written(bool has_run) noexcept REQUIRES(mutex_);
  void make(std::int64_t now_ns, Outbox& outbox) REQUIRES(mutex_);
  void take(std::int64_t now_ns, Outbox& outbox, const Serving& serving) REQUIRES(mutex_);
  /// Returns: how many periods have begun late since the last look.
  std::uint64_t note_device(Device& place, std::size_t device, const core::DeviceStatistics& now,
                            std::int64_t elapsed_ns) REQUIRES(mutex_);
  /// `dry`: what holds for all streams of the device.
  void note_stream(core::Stream& stream, std::size_t device, Dry dry, Outbox& outbox)
      REQUIRES(mutex_, stream.mutex);

  const std::shared_ptr<core::StreamTable> table_;
  std::atomic<bool> is_allowed_{false};  // control → supervisor; relaxed, because nothing depends on it
  const std::shared_ptr<Outbox> outbox_;
  hal::Mutex mutex_;  // between the supervisor and end(); before streams' mutexes, which are only tried
  hal::OwnedThread thread_ GUARDED_BY(mutex_);
  bool has_ended_ GUARDED_BY(mutex_) = false;
  bool was_open_ GUARDED_BY(mutex_) = false;
  bool is_recording_ GUARDED_BY(mutex_) = false;  // a record was made, and is still to be there
  std::int64_t next_ns_ GUARDED_BY(mutex_) = 0;
  std::uint64_t looks_ GUARDED_BY(mutex_) = 0;            // since the record was made
  std::weak_ptr<const void> devices_ GUARDED_BY(mutex_);  // that the record is of
  /// What a device was at the look before.
  struct DeviceBefore {
    std::int64_t called_ns = 0;  // when it had called last; 0: never
    std::int64_t silent_ns = 0;  // for how long, about, it has called no more
  };
  /// What a stream was when it was read before.
  struct StreamBefore {
    std::int64_t at_ns = 0;  // when that was
    std::uint64_t periods = 0;
    std::int64_t gap_ns = 0;  // an input: of frames that are being dropped
    Cause cause = {};         // of that
  };
  std::array<DeviceBefore, kDevices> devices_before_ GUARDED_BY(mutex_) = {};
  std::array<StreamBefore, kStreams> streams_before_ GUARDED_BY(mutex_) = {};
};

}  // namespace refwave::watch
