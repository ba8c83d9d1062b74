// The end of a stream: plays out the resampler, detaches the stream from its device, waits until everything
// has been heard and no callback runs, delivers the remaining messages, notifies the client (close) and frees
// the slot. Called by Streams, perhaps inside a client's callback. Model: tests/models/delivery.pml.
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

/// Effects: waits until `end_ns`, and a tenth longer: latencies are estimates. At most 5.5 s, or `latest_ns`.
void wait_until_heard(std::int64_t end_ns, std::int64_t latest_ns) noexcept;

/// By slot: the engine that serves the stream. Under the stream's mutex.
using ServingEngines = std::array<std::shared_ptr<engine::Engine>, core::kSlots>;

class CloseProtocol {
 public:
  CloseProtocol(core::StreamTable& table, ServingEngines& engines,
                std::shared_ptr<const event_log::EventLog> event_log)
      : table_(table), engines_(engines), event_log_(std::move(event_log)) {}

  /// Effects: closes a stream without queued headers whose handle is gone, as Streams::close() says.
  void close(core::Stream& stream, std::int64_t latest_ns);
  /// Effects: no audio thread sees the stream any more. Returns: when its last frame will be heard, in ns.
  std::int64_t detach(core::Stream& stream) REQUIRES(stream.mutex);
  /// Effects: frees what the stream has; the caller then frees the slot.
  void clear_out(core::Stream& stream);

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
