// deliver(): notifies a stream's client of finished blocks, one by one and in order. Notifiers, reset and
// stop, a closer and, under completion = direct, the audio thread all come through it. The caller holds the
// stream's DeliveryState, and no lock.
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

/// Effects: the figures and the trace of a message. Thread: the owner, before the callback and after it.
REFWAVE_AUDIO_THREAD void note_calling(Stream& stream, const Block& block, BlockRing::Cursor number) noexcept;
REFWAVE_AUDIO_THREAD void note_called(Stream& stream, bool notified, BlockRing::Cursor number) noexcept;

/// Effects: delivers at most `limit` messages. `next()` takes the next one out, or has none. A callback may
/// close the stream, and may never return; then a closer does not wait for it longer than a second. Returns:
/// whether the caller still holds the word. If not, the stream is closed, and nothing of it may be touched,
/// because it may be another one. Not noexcept: the client may end the thread (ClientCallback::Function); the
/// word is then held, and `caller` is that thread, until deliver_on() is called.
template <typename Next>
[[nodiscard]] bool deliver(Stream& stream, std::uint32_t limit, Stack stack, Next next) {
  for (; limit != 0; --limit) {
    // Before the callback begins, so that the client finds room in the ring.
    const std::optional<Block> block = next();
    if (!block) return true;
    if (stream.delivery.is_shut()) {
      stream.put_back();
      stream.delivery.leave();
      return false;
    }
    const BlockRing::Cursor number = stream.next_notified().ring().notified() - 1;
    note_calling(stream, *block, number);
    // Relaxed: only this thread compares it with itself. A close inside the callback delivers, too.
    const std::uintptr_t before = stream.caller.load(std::memory_order_relaxed);
    stream.caller.store(hal::this_thread_id(), std::memory_order_relaxed);
    // A copy: a close inside the callback ends the stream, and its callback, too.
    const ClientCallback callback = stream.callback;
    const bool notified =
        callback.function == nullptr || callback.function(callback, Notice::done, block->header, stack);
    stream.caller.store(before, std::memory_order_relaxed);
    note_called(stream, notified, number);
    if (stream.delivery.is_shut()) {
      stream.delivery.leave();
      return false;
    }
  }
  return true;
}

/// Effects: delivers until there is nothing more, and holds the word no longer. Afterwards it may be another
/// stream. Thread: control; the owner.
inline void deliver_all(Stream& stream, Stack stack) {
  stream.newest_message.begun_at.store(0, std::memory_order_relaxed);
  do {
    if (!deliver(stream, kEveryMessage, stack, [&] { return stream.take(); })) return;
  } while (stream.delivery.release());
}

/// Effects: what the owner would do after its callback, which never returns to it, as it has ended its
/// thread: the message counts as delivered, and a notifier delivers the rest. Nothing, if that callback was
/// closing the stream: its place then stays in use. Thread: one for the owner, after whose end it comes, or
/// the owner.
void deliver_on(StreamTable& table, Stream& stream) noexcept;
/// Effects: as deliver_on(), for an audio thread that a client ends. It is a sound library's, and needed
/// there, so it stays here, as in a callback that does not return, and its device is replaced. Thread: the
/// owner.
[[noreturn]] void stay_in_place_of_end(StreamTable& table, Stream& stream) noexcept;

}  // namespace refwave::core
