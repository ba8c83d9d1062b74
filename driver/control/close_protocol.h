// The end of a stream: waits until the resampler is empty, takes the stream from its device, waits until
// what was played has been heard and until no callback runs, delivers what is pending, tells the client
// (close), and gives the place back. It owns what closed streams counted. The hand-over between the closing
// thread and the slot's owner is tests/models/close_and_reuse.pml.
//
// Called by Streams::close() alone, on a control thread or inside a client's callback.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/control/client_call.h"
#include "driver/control/places.h"
#include "driver/stream/statistics.h"

namespace refwave::control {

class CloseProtocol {
 public:
  explicit CloseProtocol(Places& places) : places_(places) {}

  /// Effects: closes the stream of `call`, on which nothing is queued, and ends the call. See
  /// Streams::close().
  void close(ClientCall& call);

  /// What closed streams counted.
  stream::Totals& closed() { return closed_; }

 private:
  std::int64_t detach(Place& place);
  bool is_in_a_callback() const noexcept;
  void play_tail(Place& place, std::int64_t deadline_ns) const noexcept;
  void finish_close(std::size_t index);
  void finish_nested_close(std::size_t index);
  void tell_rest(std::size_t index, std::uint32_t messages);
  static core::Call wait_for_owner(core::Slot& slot);
  static void count_undelivered(core::Slot& slot, core::Call owner);
  void retire_statistics(std::size_t index);
  void tell_closed(std::size_t index);

  Places& places_;
  stream::Totals closed_;
};

}  // namespace refwave::control
