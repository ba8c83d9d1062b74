// deliver(): notifies a stream's client of finished blocks, in order. Called by notifiers, resets, stops,
// closers and, under completion = direct, the audio thread, which hold the DeliveryState and no lock.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "driver/core/handover/client_callback.h"
#include "driver/core/stream/stream.h"
#include "driver/core/stream/stream_table.h"
#include "dsp/audio_thread.h"
#include "hal/system/threads.h"

namespace refwave::core {

inline constexpr std::uint32_t kEveryMessage = std::numeric_limits<std::uint32_t>::max();

/// Effects: figures and trace. Before the callback, and after it.
REFWAVE_AUDIO_THREAD void note_calling(Stream& stream, const Block& block, BlockRing::Cursor number) noexcept;
REFWAVE_AUDIO_THREAD void note_called(Stream& stream, bool notified, BlockRing::Cursor number) noexcept;

/// Effects: delivers at most `limit` messages, which `next()` takes out. Returns:
/// false if the stream was shut: the word is no longer held, and the slot may be reused. Not noexcept: a
/// client may end the thread inside its callback; the word stays held, with `caller` set, until deliver_on().
template <typename Next>
[[nodiscard]] bool deliver(Stream& stream, std::uint32_t limit, Next next) {
  for (; limit != 0; --limit) {
    // Before the callback, so that the client finds free entries in the ring.
    const std::optional<Block> block = next();
    if (!block) return true;
    if (stream.delivery.is_shut()) {
      stream.put_back();
      stream.delivery.leave();
      return false;
    }
    const BlockRing::Cursor number = stream.next_notified().ring().notified() - 1;
    note_calling(stream, *block, number);
    // Relaxed: only this thread compares it. A close inside the callback delivers, too.
    const std::uintptr_t before = stream.caller.load(std::memory_order_relaxed);
    stream.caller.store(hal::this_thread_id(), std::memory_order_relaxed);
    // A copy, because a close inside the callback clears it.
    const ClientCallback callback = stream.callback;
    const bool notified =
        callback.function == nullptr || callback.function(callback, Notice::done, block->header);
    stream.caller.store(before, std::memory_order_relaxed);
    note_called(stream, notified, number);
    if (stream.delivery.is_shut()) {
      stream.delivery.leave();
      return false;
    }
  }
  return true;
}

/// Effects: delivers everything, and releases the word: the slot may be reused. Thread: control; the owner.
void deliver_all(Stream& stream);

/// Effects: replaces an owner whose client has ended the thread in its callback: counts the message, and
/// hands the stream to a notifier. If that callback was closing the stream, the slot remains in use. Thread:
/// one other thread after the owner's end, or the owner.
void deliver_on(StreamTable& table, Stream& stream) noexcept;
/// Like deliver_on(), for an audio thread that a client ends. It blocks here for ever: its library needs it.
[[noreturn]] void park_forever(StreamTable& table, Stream& stream) noexcept;

}  // namespace refwave::core
