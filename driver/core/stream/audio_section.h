// A control thread in the audio section of a stream, for the length of a scope: it has the RtLock, and the
// audio thread skips the stream meanwhile.
#pragma once

#include <cstdint>

#include "driver/core/stream/stream.h"

namespace refwave::core {

/// What is done with an audio thread that stays inside: it has died there, or waits for the client's memory.
/// That is for sure after a second and 400 tries in which it has not left once, so that neither a busy stream
/// nor a suspended process loses anything; or as soon as the engine says so, which has changed devices
/// (Stream::overdue). `replace`: the stream goes on with a fresh audio state, and its queued
/// headers are given back. `lose`: the stream is being closed. `come_back_later`: the caller tries for a
/// millisecond or two only, and takes nothing from anybody.
enum class IfOverdue : std::uint8_t { replace, lose, come_back_later };

/// Lock order: the stream's mutex, which the caller has unless it comes back later, then the lock. Thread:
/// control.
class AudioSection {
 public:
  /// Throws std::bad_alloc, where it cannot replace an audio state; then nothing has changed.
  AudioSection(Stream& stream, IfOverdue if_overdue);
  ~AudioSection();
  AudioSection(const AudioSection&) = delete;
  AudioSection& operator=(const AudioSection&) = delete;

  /// Returns: false if the caller has to come back later.
  bool entered() const { return mine_ != 0; }
  /// Returns: whether a fresh audio state is there. Its engine has to serve the stream again.
  bool was_replaced() const { return was_replaced_; }
  /// Returns: whether the audio state is lost with its thread.
  bool was_lost() const { return was_lost_; }

 private:
  RtLock::Token acquire_or_overdue(bool waits) noexcept;

  Stream& stream_;
  const RtLock::Waiter waiter_;
  RtLock::Token mine_ = 0;
  bool was_replaced_ = false;
  bool was_lost_ = false;
};

/// Effects: replaces the audio state, if that acquisition is still inside. The caller then has a notifier
/// deliver, and the engine serve the stream again. Returns: whether it did. Throws std::bad_alloc, and then
/// nothing has changed. Thread: the supervisor.
bool replace_overdue(Stream& stream, RtLock::Token theirs) REQUIRES(stream.mutex);

}  // namespace refwave::core
