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
  void note_device(watch::Device& place, const core::DeviceStatistics& now, watch::Click& click)
      REQUIRES(mutex_);
  void note_stream(core::Stream& stream, watch::Click click) REQUIRES(mutex_, stream.mutex);
  void add(watch::ClickKind kind, std::uint64_t count, watch::Click click) REQUIRES(mutex_);

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
  std::array<std::int64_t, watch::kStreams> noted_ns_ GUARDED_BY(mutex_) = {};  // when each stream was read
  std::vector<watch::Latency> latencies_ GUARDED_BY(mutex_);                    // of the record's streams
  std::bitset<watch::kStreams> is_counted_ GUARDED_BY(mutex_) = {};  // those of them that have been read anew
};

}  // namespace refwave::control
