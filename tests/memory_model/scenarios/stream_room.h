// One stream as core's threads share it, and a client that counts its messages. The client
// writes plain memory in its callback: two messages of one stream must be ordered.
#pragma once

#include <memory>

#include "driver/core/stream/delivery.h"
#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "tests/memory_model/checker/scenario.h"
#include "tests/memory_model/scenarios/room.h"

namespace refwave::memory_model {

class StreamRoom {
 public:
  static constexpr std::size_t kBlocks = 4;

  StreamRoom() { open(); }

  /// Effects: a new stream in the slot, as Streams::furnish() makes it.
  void open() {
    slot.furnish(hal::Direction::output, {dsp::SampleType::s16, 1, 48'000, 0}, 4, core::DoneWhen::consumed);
    slot.callback = {.function = tell, .target = reinterpret_cast<std::uintptr_t>(this)};
    told = 0;
    is_closed = false;
  }

  void write(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) slot.lane->ring().push(headers.block(written++));
  }
  /// Effects: finishes the next block in the seat. Returns: whether the caller raised the count from zero.
  bool finish_one() {
    if (slot.lane->ring().playing() == nullptr) return false;
    slot.lane->ring().set_play(slot.lane->ring().play() + 1);
    return slot.add_pending(slot.lane->abandon(slot.lane->ring().play()));
  }
  /// Effects: delivers as Messenger does.
  void deliver() {
    expect(slot.lane->ring().notified() <= written, "the stream is there before the first callback begins");
    core::Delivery delivery(slot);
    while (delivery.begin() && delivery.call_client(slot.lane->ring().take(), core::Stack::known)) {
    }
  }

  core::Stream slot;
  Headers<kBlocks> headers;
  std::size_t written = 0;
  std::size_t told = 0;  // messages of the present stream; the client's own
  bool is_closed = false;

 private:
  static bool tell(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader* header,
                   core::Stack) noexcept {
    auto& room = *reinterpret_cast<StreamRoom*>(callback.target);
    expect(!room.is_closed, "no message after the last");
    if (notice == core::Notice::close) return room.is_closed = true;
    expect(header->user == room.told++, "messages in order");
    expect((header->flags & core::kDone) != 0, "flagged before it is told");
    header->flags = core::kPrepared;
    return true;
  }
};

}  // namespace refwave::memory_model
