// The end of a stream: waits until the resampler is empty, takes the stream from its device, waits until
// what was played has been heard and until no callback runs, delivers what is pending, tells the client
// (close), and gives the place back. It owns what closed streams counted. The hand-over between the closing
// thread and the slot's owner is tests/models/close_and_reuse.pml.
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
  /// Streams::close(). The waits for a sound and for a callback end at `latest_ns`.
  void close(ClientCall& call, std::int64_t latest_ns);
  /// Effects: no audio thread sees the stream from here on, so nothing more becomes pending. Returns: when
  /// the last frame of it will have been heard, in ns of the monotonic clock. Under the place's write mutex.
  std::int64_t detach(Place& place);

  /// What closed streams counted.
  stream::Totals& closed() { return closed_; }

 private:
  bool is_in_a_callback() const noexcept;
  void play_tail(Place& place, std::int64_t deadline_ns) const noexcept;
  void finish_close(std::size_t index, std::int64_t latest_ns);
  void finish_nested_close(std::size_t index);
  void tell_rest(std::size_t index, std::uint32_t messages);
  static core::Call wait_for_owner(core::Slot& slot, std::int64_t latest_ns);
  static void count_undelivered(core::Slot& slot, core::Call owner);
  void retire_statistics(std::size_t index);
  void log_close(const core::Slot& slot) const;
  void tell_closed(std::size_t index);

  Places& places_;
  const std::shared_ptr<const engine::Journal> journal_;
  stream::Totals closed_;
};

}  // namespace refwave::control
