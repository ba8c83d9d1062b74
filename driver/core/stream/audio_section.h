// A control thread inside a stream's audio section: holds the RtLock; the audio thread skips the stream.
#pragma once

#include <cstdint>

#include "driver/core/stream/stream.h"

namespace refwave::core {

/// What to do about a stuck audio thread. It counts as stuck after a second and 400 tries inside, longer than
/// in any busy stream or suspended process, or when the engine says so after a change of devices
/// (Stream::overdue). `replace`: give the stream a fresh audio state, and return its queued headers. `lose`:
/// the stream is being closed. `give_up`: give up after a millisecond or two.
enum class IfOverdue : std::uint8_t { replace, lose, give_up };

/// Lock order: the stream's mutex, but not for `give_up`, then the lock. Thread: control.
class AudioSection {
 public:
  /// Throws std::bad_alloc if it cannot replace an audio state; then nothing has changed.
  AudioSection(Stream& stream, IfOverdue if_overdue);
  ~AudioSection();

  /// Returns: false if the caller must retry later.
  bool entered() const { return mine_ != 0; }
  /// Returns: whether there is a fresh audio state, which the engine has to serve again.
  bool was_replaced() const { return was_replaced_; }
  bool was_lost() const { return was_lost_; }

 private:
  RtLock::Token acquire_or_overdue(bool waits) noexcept;

  Stream& stream_;
  const RtLock::Waiter waiter_;
  RtLock::Token mine_ = 0;
  bool was_replaced_ = false;
  bool was_lost_ = false;
};

/// Effects: replaces the audio state if that acquisition is still inside. The caller then has it delivered
/// and served. Returns: whether it did. Throws std::bad_alloc. Thread: the supervisor.
bool replace_overdue(Stream& stream, RtLock::Token theirs) REQUIRES(stream.mutex);

}  // namespace refwave::core
