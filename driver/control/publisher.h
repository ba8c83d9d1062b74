// Publishes what a driver counts of its streams in the record of its process, for `refwave watch`, ten times
// a second while a device is open. It only reads: counters that are there, and under a stream's mutex what
// that guards.
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "driver/configuration/configuration.h"
#include "driver/control/equipment.h"
#include "driver/core/stream/stream_table.h"
#include "driver/event_log/event_log.h"
#include "driver/watch/place.h"
#include "driver/watch/record.h"
#include "hal/system/mutex.h"

namespace refwave::control {

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
constexpr watch::Cause cause_of(const Dry& dry) {
  const bool was_told_late = dry.gap_ns > 0 && dry.notify_ns >= dry.gap_ns;
  if (dry.late_periods > 0 || was_told_late) return watch::Cause::machine;
  const bool took_at_once = dry.taken_ns > dry.elapsed_ns + dry.at_once_ns + dry.queued_ns;
  return took_at_once ? watch::Cause::device : watch::Cause::program;
}

class Publisher {
 public:
  Publisher(std::shared_ptr<core::StreamTable> table, std::shared_ptr<const event_log::EventLog> event_log)
      : table_(std::move(table)), event_log_(std::move(event_log)) {}

  /// Effects: there may be a record from now on, or it goes with the next tick(). At first there may be none.
  /// Thread: any control thread.
  void allow(configuration::Watch watch) noexcept {
    is_allowed_.store(watch == configuration::Watch::on, std::memory_order_relaxed);
  }
  /// Effects: takes over what is counted, ten times a second while a device is open, and once after the last
  /// one has closed. Thread: the supervisor.
  void tick(std::int64_t now_ns, bool is_device_open, const Equipment& equipment) noexcept;
  /// Effects: writes what tick() took; makes the record with the first device, and removes it where none is
  /// allowed. If that fails, the log says why, and it is tried again with the next device. Thread: the
  /// supervisor, under no lock for which others wait, because the folder may hang.
  void write() noexcept;
  /// Effects: the record is gone, and none is made any more. One in which a supervisor hangs stays. Thread:
  /// control, after the supervisor's end.
  void end() noexcept;

 private:
  bool is_wanted() const REQUIRES(mutex_) {
    return !has_ended_ && is_allowed_.load(std::memory_order_relaxed);
  }
  void make(std::int64_t now_ns) REQUIRES(mutex_);
  void take(std::int64_t now_ns, const Equipment& equipment) REQUIRES(mutex_);
  /// Returns: nothing, or why the record could not be written.
  std::string put_record() REQUIRES(mutex_);
  /// Returns: how many periods have begun late since the last look.
  std::uint64_t note_device(std::size_t device, const core::DeviceStatistics& now, std::int64_t elapsed_ns)
      REQUIRES(mutex_);
  /// `dry`: what holds for all streams of the device.
  void note_stream(core::Stream& stream, std::size_t device, Dry dry) REQUIRES(mutex_, stream.mutex);

  const std::shared_ptr<core::StreamTable> table_;
  const std::shared_ptr<const event_log::EventLog> event_log_;
  std::atomic<bool> is_allowed_{false};  // control → supervisor; relaxed, because nothing depends on it
  hal::Mutex mutex_;
  bool has_ended_ GUARDED_BY(mutex_) = false;
  bool was_open_ GUARDED_BY(mutex_) = false;
  bool is_taken_ GUARDED_BY(mutex_) = false;  // since it was written
  std::int64_t next_ns_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<watch::Place> place_ GUARDED_BY(mutex_);    // of the record, if it has been written
  std::unique_ptr<watch::Record> record_ GUARDED_BY(mutex_);  // null: there is to be none
  std::weak_ptr<hal::Devices> devices_ GUARDED_BY(mutex_);    // that the record is of
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
    watch::Cause cause = {};  // of that
  };
  std::array<DeviceBefore, watch::kDevices> devices_before_ GUARDED_BY(mutex_) = {};
  std::array<StreamBefore, watch::kStreams> streams_before_ GUARDED_BY(mutex_) = {};
  std::vector<watch::Latency> latencies_ GUARDED_BY(mutex_);         // of the record's streams
  std::bitset<watch::kStreams> is_counted_ GUARDED_BY(mutex_) = {};  // those of them that have been read anew
};

}  // namespace refwave::control
