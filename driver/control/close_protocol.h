// The end of a stream. It waits until the resampler is empty, and takes the stream from its device. Next it
// waits until the played sound has been heard and no callback runs. Then it delivers the messages that are
// left, notifies the client (close), and gives its place back. It owns the counters of closed streams. The
// hand-over between the closing thread and the messages' owner is tests/models/delivery.pml.
//
// Called by Streams::close() alone, on a control thread or inside a client's callback.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "driver/core/stream/statistics.h"
#include "driver/core/stream/stream_table.h"
#include "driver/engine/engine.h"
#include "driver/event_log/event_log.h"

namespace refwave::control {

/// Effects: waits until sound has been heard that a device has. `end_ns`: when it should have been; a sound
/// server's latency is an estimate, so the wait is by a tenth longer. It ends at `latest_ns`, and after five
/// and a half seconds, at the latest. Thread: any.
void wait_until_heard(std::int64_t end_ns, std::int64_t latest_ns) noexcept;

/// The engine whose device serves the stream of each slot. Each is used under that stream's mutex.
using ServingEngines = std::array<std::shared_ptr<engine::Engine>, core::kSlots>;

class CloseProtocol {
 public:
  CloseProtocol(core::StreamTable& table, ServingEngines& engines,
                std::shared_ptr<const event_log::EventLog> event_log)
      : table_(table), engines_(engines), event_log_(std::move(event_log)) {}

  /// Effects: closes the stream, on which nothing is queued, and which no call finds any more. See
  /// Streams::close(). The waits for the sound and for a callback end at `latest_ns` at the latest.
  void close(core::Stream& stream, std::int64_t latest_ns);
  /// Effects: no audio thread sees the stream from here on, so nothing more is released. Returns: when
  /// its last frame will have been heard, in ns of the monotonic clock.
  std::int64_t detach(core::Stream& stream) REQUIRES(stream.mutex);
  /// Effects: frees what the stream has. The caller then gives its place back.
  void clear_out(core::Stream& stream);

  /// The counters of closed streams.
  core::Totals& closed() { return closed_; }

 private:
  bool is_in_a_callback() const noexcept;
  static void play_tail(const core::Stream& stream, std::int64_t deadline_ns) noexcept;
  void finish_close(core::Stream& stream, std::int64_t latest_ns);
  void finish_nested_close(core::Stream& stream);
  void notify_closed(core::Stream& stream);
  void log_close(const core::Stream& stream) const;

  core::StreamTable& table_;
  ServingEngines& engines_;
  const std::shared_ptr<const event_log::EventLog> event_log_;
  core::Totals closed_;
};

}  // namespace refwave::control
