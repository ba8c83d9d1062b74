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

  bool publish(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
               const Serving& serving) noexcept REQUIRES(mutex_);
  void have_written(bool has_run) noexcept REQUIRES(mutex_);
  void make(std::int64_t now_ns, Outbox& outbox) REQUIRES(mutex_);
  void take(std::int64_t now_ns, Outbox& outbox, const Serving& serving) REQUIRES(mutex_);
  void note_device(Device& place, const core::DeviceStatistics& now) REQUIRES(mutex_);
  void note_stream(core::Stream& stream, std::size_t device, Outbox& outbox) REQUIRES(mutex_, stream.mutex);
  void note_gaps(Record& record) REQUIRES(mutex_);
  void note_itself(std::int64_t now_ns) REQUIRES(mutex_);
  /// Returns: how long the thread has waited for a processor since the last call; -1: not known.
  std::int64_t newly_waited_ns() REQUIRES(mutex_);
  void note_slow_tick(std::int64_t began_ns, std::int64_t ended_ns) REQUIRES(mutex_);

  const std::shared_ptr<core::StreamTable> table_;
  std::atomic<bool> is_allowed_{false};  // control → supervisor; relaxed, because nothing depends on it
  const std::shared_ptr<Outbox> outbox_;
  hal::Mutex mutex_;  // between the supervisor and end(); before streams' mutexes, which are only tried
  hal::OwnedThread thread_ GUARDED_BY(mutex_);
  bool has_ended_ GUARDED_BY(mutex_) = false;
  bool was_open_ GUARDED_BY(mutex_) = false;
  bool is_recording_ GUARDED_BY(mutex_) = false;  // a record was made, and is still to be there
  std::int64_t next_ns_ GUARDED_BY(mutex_) = 0;
  std::int64_t ticked_ns_ GUARDED_BY(mutex_) = 0;  // the end of the newest tick while a device was open; or 0
  std::int64_t waited_ns_ GUARDED_BY(mutex_) = -1;        // for a processor, in all, at the newest look
  std::uint64_t looks_ GUARDED_BY(mutex_) = 0;            // since the record was made
  std::uint64_t dropped_before_ GUARDED_BY(mutex_) = 0;   // gaps without room, before that
  std::weak_ptr<const void> devices_ GUARDED_BY(mutex_);  // that the record is of
  std::array<std::uint32_t, kDevices> epochs_ GUARDED_BY(mutex_) = {};  // of the sound devices, the newest
};

}  // namespace refwave::watch
