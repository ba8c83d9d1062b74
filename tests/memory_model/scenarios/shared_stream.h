// One stream as core's threads share it, and a client that counts its messages. The client
// writes plain memory in its callback: two messages of one stream must be ordered.
#pragma once

#include <memory>

#include "driver/core/stream/deliver.h"
#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "tests/memory_model/checker/scenario.h"
#include "tests/memory_model/scenarios/headers.h"

namespace refwave::memory_model {

class SharedStream {
 public:
  static constexpr std::size_t kBlocks = 4;

  SharedStream() { open_next(); }

  static constexpr std::size_t kNotFree = ~std::size_t{0};
  /// Effects: a new stream in the place, as Streams::open() makes it. Returns: `notified` of the stream
  /// before, or kNotFree.
  std::size_t open_next() {
    if (!stream.delivery.claim()) return kNotFree;
    const std::size_t before = notified;
    stream.furnish(hal::Direction::output, {dsp::SampleType::s16, 1, 48'000, 0}, 4, core::Done::consumed);
    stream.callback = {.function = on_message, .target = reinterpret_cast<std::uintptr_t>(this)};
    notified = first = written;
    is_closed = false;
    stream.delivery.publish();
    return before;
  }

  /// Under the stream's mutex, if another thread may be in it.
  void write(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) expect(stream.write(headers.block(written++)), "there is room");
  }
  /// Effects: one period of an audio thread that finishes a block, as DeviceRound has it. Returns: whether a
  /// ready bit is due.
  bool play_one() {
    const core::RtLock::Token mine = stream.lock.try_acquire();
    if (mine == 0) return false;
    bool is_due = false;
    core::AudioState* const state = stream.audio_state.load(std::memory_order_acquire);
    if (state != nullptr && stream.lock.holds(mine)) {
      state->enter(mine);
      is_due = finish_one(*state) != 0 && stream.delivery.post();
    }
    stream.lock.release(mine);
    return is_due;
  }
  /// Effects: what a notifier does with a ready bit.
  void deliver() {
    if (!stream.delivery.hold()) return;
    core::deliver_all(stream);
  }

  core::Stream stream;
  Headers<kBlocks> headers;
  std::size_t written = 0;
  std::size_t first = 0;     // the first header of the present stream
  std::size_t notified = 0;  // the next one to tell; the client's own
  bool is_closed = false;

 private:
  static bool on_message(const core::ClientCallback& callback, core::Notice notice,
                         core::ClientHeader* header) noexcept {
    auto& self = *reinterpret_cast<SharedStream*>(callback.target);
    expect(!self.is_closed, "no message after the last");
    if (notice == core::Notice::close) return self.is_closed = true;
    expect(header->user == self.notified++, "messages in order");
    expect((header->flags & core::kDone) != 0, "flagged before it is notified");
    header->flags = core::kPrepared;
    return true;
  }
};

}  // namespace refwave::memory_model
