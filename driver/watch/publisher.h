// Publishes a driver's counters of its streams in the record of its process, for `refwave watch`. The
// supervisor copies them ten times a second while a device is open, with many streams five times. A thread of
// the lowest priority writes them, because the folder may hang; only DRV_DISABLE waits for it, with a
// deadline.
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

  /// Effects: allows a record, or removes it with the next tick(). Initially none is allowed. Thread:
  /// control.
  void allow(configuration::Watch watch) noexcept {
    is_allowed_.store(watch == configuration::Watch::on, std::memory_order_relaxed);
  }
  using Serving = std::function<std::vector<Served>()>;
  /// Effects: copies the counters if that is due, and once more after the last device has closed. A record is
  /// made with the first device, and with other `devices`, whose counters restart; a failure is logged, and
  /// the next device tries again. Returns: whether a tick is due soon even if no device is open. Thread: the
  /// supervisor.
  bool tick(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
            const Serving& serving) noexcept;
  /// Effects: removes the record for good. If the folder hangs for longer than `patience`, the file is left
  /// behind. Thread: control.
  void end(const hal::Patience& patience) noexcept;

 private:
  struct Outbox;
  enum class Late : std::uint8_t { sleeping, working };

  /// How long in all threads have waited for a processor, at one time.
  struct Look {
    std::int64_t at_ns = 0;
    std::int64_t waited_ns = -1;
  };
  static constexpr std::int64_t kWatchedNs = 10'000'000'000;  // since the newest gap
  /// The looks at threads that had a gap in the last ten seconds, at each tick.
  class Waits {
   public:
    void look(std::int64_t now_ns) noexcept;
    std::int64_t between(std::uint32_t thread, std::int64_t from_ns, std::int64_t to_ns,
                         std::int64_t now_ns) noexcept;

   private:
    struct Thread {
      std::uint32_t number = 0;
      std::int64_t seen_ns = 0;  // when its newest gap was
      std::size_t count = 0;     // looks so far
      std::array<Look, 128> looks{};
    };
    std::array<Thread, 4> threads_{};
  };

  bool publish(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
               const Serving& serving) noexcept REQUIRES(mutex_);
  void start_writing(bool has_run) noexcept REQUIRES(mutex_);
  void make(std::int64_t now_ns, Outbox& outbox) REQUIRES(mutex_);
  void take(std::int64_t now_ns, Outbox& outbox, const Serving& serving) REQUIRES(mutex_);
  void note_device(Device& place, const core::DeviceStatistics& now) REQUIRES(mutex_);
  void note_stream(core::Stream& stream, std::size_t device, Outbox& outbox) REQUIRES(mutex_, stream.mutex);
  std::uint16_t pressure_percent(std::int64_t now_ns) REQUIRES(mutex_);
  void note_gaps(Record& record) REQUIRES(mutex_);
  void note_itself(std::int64_t due_ns, std::int64_t now_ns, Late late) REQUIRES(mutex_);

  const std::shared_ptr<core::StreamTable> table_;
  std::atomic<bool> is_allowed_{false};  // control → supervisor; relaxed, because nothing depends on it
  const std::shared_ptr<Outbox> outbox_;
  hal::Mutex mutex_;  // between the supervisor and end(); before streams' mutexes, which are only tried
  hal::OwnedThread thread_ GUARDED_BY(mutex_);
  bool has_ended_ GUARDED_BY(mutex_) = false;
  bool was_open_ GUARDED_BY(mutex_) = false;
  std::int64_t next_ns_ GUARDED_BY(mutex_) = 0;
  std::int64_t ticked_ns_ GUARDED_BY(mutex_) = 0;  // the end of the newest tick while a device was open; or 0
  std::int64_t waited_ns_ GUARDED_BY(mutex_) = -1;  // for a processor, in all, at the newest look
  Waits waits_ GUARDED_BY(mutex_);
  std::int64_t gap_ns_ GUARDED_BY(mutex_) = -kWatchedNs;                // when the newest gap was read
  Look pressure_ GUARDED_BY(mutex_);                                    // any thread of the machine
  int missed_ GUARDED_BY(mutex_) = 0;                                   // looks, since the outbox was free
  std::uint64_t looks_ GUARDED_BY(mutex_) = 0;                          // since the record was made
  std::uint64_t lost_before_ GUARDED_BY(mutex_) = 0;                    // gaps, before the record was made
  std::weak_ptr<const void> devices_ GUARDED_BY(mutex_);                // whose record it is
  std::array<std::uint32_t, kDevices> epochs_ GUARDED_BY(mutex_) = {};  // of the newest sound devices
};

}  // namespace refwave::watch
