// The end of a stream. It waits until the resampler is empty, and takes the stream from its device. Next it
// waits until the played sound has been heard and no callback runs. Then it delivers the pending messages,
// tells the client (close), and gives the place back. It owns the counters of closed streams. The hand-over
// between the closing thread and the slot's owner is tests/models/close_and_reuse.pml.
//
// Called by Streams::close() alone, on a control thread or inside a client's callback.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "driver/control/client_call.h"
#include "driver/control/places.h"
#include "driver/engine/log/journal.h"
#include "driver/stream/statistics.h"

namespace refwave::control {

class CloseProtocol {
 public:
  CloseProtocol(Places& places, std::shared_ptr<const engine::Journal> journal)
      : places_(places), journal_(std::move(journal)) {}

  /// Effects: closes the stream of `call`, on which nothing is queued, and ends the call. See
  /// Streams::close(). The waits for the sound and for a callback end at `latest_ns` at the latest.
  void close(ClientCall& call, std::int64_t latest_ns);
  /// Effects: no audio thread sees the stream from here on, so nothing more becomes pending. Returns: when
  /// its last frame will have been heard, in ns of the monotonic clock. Under the place's write mutex.
  std::int64_t detach(Place& place);

  /// The counters of closed streams.
  stream::Totals& closed() { return closed_; }

 private:
  bool is_in_a_callback() const noexcept;
  void play_tail(Place& place, std::int64_t deadline_ns) const noexcept;
  void finish_close(std::size_t index, std::int64_t latest_ns);
  void finish_nested_close(std::size_t index);
  std::uint32_t rest(std::size_t index, std::uint32_t counted);
  std::uint32_t untold(std::size_t index);
  void tell_rest(std::size_t index, std::uint32_t messages);
  static core::Call wait_for_owner(core::Slot& slot, std::int64_t latest_ns);
  void count_undelivered(std::size_t index, core::Call owner);
  void retire_statistics(std::size_t index);
  void log_close(const core::Slot& slot) const;
  void tell_closed(std::size_t index);

  Places& places_;
  const std::shared_ptr<const engine::Journal> journal_;
  stream::Totals closed_;
};

}  // namespace refwave::control
