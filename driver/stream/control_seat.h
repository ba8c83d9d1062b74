// A control thread in a stream's seat, for the length of a scope. The audio thread skips the stream
// meanwhile.
#pragma once

#include "driver/core/stream/stream.h"

namespace refwave::stream {

/// Effects: waits for the seat, at most as long as the audio thread needs for one voice. If the audio thread
/// has died in the seat, the slot is retired: no thread takes the seat again, and the caller goes on without
/// it. That takes a second and 400 tries, so that a suspended process does not give up its own slots. A
/// caller that can come back later tries for a millisecond or two only, and retires nothing. Lock order: the
/// stream's mutex, then the seat. Thread: control.
class ControlSeat {
 public:
  enum class IfTaken : std::uint8_t { wait, come_back_later };

  explicit ControlSeat(core::Stream& stream, IfTaken if_taken = IfTaken::wait) noexcept;
  ~ControlSeat();
  ControlSeat(const ControlSeat&) = delete;
  ControlSeat& operator=(const ControlSeat&) = delete;

  /// Returns: false if the slot is retired: the members that the seat guards must be left alone, and never be
  /// freed. False also if the caller has to come back later.
  bool seated() const { return seated_; }

 private:
  core::Stream& stream_;
  bool seated_ = false;
};

}  // namespace refwave::stream
