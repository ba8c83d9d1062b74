// The owner's step: one message to one client. A stream's owner is the thread that raised its pending count
// from zero or claimed its ready bit; no other thread calls its client back. The handshake with a closing
// thread is "Close and reuse" in tests/models (close_and_reuse.pml).
#pragma once

#include "driver/core/handover/client_callback.h"
#include "driver/core/ring/block_ring.h"
#include "driver/core/stream/stream.h"
#include "dsp/audio_thread.h"

namespace refwave::core {

/// Use: while (begin()) { take the block; if (!call_client(block)) break; }. Once a call has returned false
/// the stream is no longer the caller's, and nothing of it may be touched: it may be another one.
class Delivery {
 public:
  explicit Delivery(Stream& stream) noexcept : stream_(stream) {}

  /// Effects: begins a callback. Returns: false if the closer has given up waiting; the messages that are
  /// left are dropped.
  REFWAVE_AUDIO_THREAD bool begin() noexcept;

  /// Effects: calls the client, unless it asked for no callback, then counts the message off. Returns:
  /// whether another message is waiting and the stream is still the caller's.
  REFWAVE_AUDIO_THREAD bool call_client(const Block& block, Stack stack) noexcept;

  /// Effects: calls the client with one message, without the handshake. A closing thread uses it when it is
  /// itself the owner.
  void tell(const Block& block, Stack stack) noexcept;

 private:
  Stream& stream_;
};

}  // namespace refwave::core
