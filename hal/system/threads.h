// Services of the system and the processor for threads. One source file for each system and processor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::hal {

/// Returns: a number that no other living thread has; never 0. It makes no system call and allocates nothing.
/// std::this_thread::get_id() may allocate for threads that it does not know. Thread: any.
REFWAVE_AUDIO_THREAD std::uintptr_t this_thread_id() noexcept;

/// Returns: the system's number of the calling thread. No system call. Thread: any.
REFWAVE_AUDIO_THREAD std::uint32_t this_thread_number() noexcept;

/// Returns: the system's number of the processor on which the calling thread runs. The thread may have moved
/// when the caller reads the number. No system call. Thread: any.
REFWAVE_AUDIO_THREAD std::uint32_t current_processor() noexcept;

/// Effects: a pause of some dozens of cycles, for a thread that spins; its core's other thread may work.
void relax() noexcept;

/// Effects: every other thread of the process passes a sequentially consistent fence during the call, so a
/// hot path that only reads and writes needs no fence of its own. What a thread did before that moment is
/// seen by the caller; what the caller did before is seen by the thread after it. Linux: membarrier(2);
/// Windows: FlushProcessWriteBuffers. Where there is none (an old Linux kernel, a sandbox, Wine 8, whose call
/// does nothing), the caller sleeps a millisecond instead, which is not guaranteed to suffice. Takes some
/// microseconds, the first time on Linux some milliseconds. Thread: control.
void fence_all_threads() noexcept;

/// The signals that a thread blocks. On Windows there are none.
class SignalMask {
 public:
  /// Returns: the calling thread's.
  static SignalMask of_this_thread() noexcept;
  /// Effects: the calling thread blocks these and no others.
  void apply() const noexcept;

 private:
  [[maybe_unused]] std::array<std::uint64_t, 16> bits_{};
};

/// Effects: threads that a client starts on that thread, inside its callback, have ordinary priority, where
/// the system can do that. The thread's own priority does not change. Thread: control.
void keep_children_ordinary(std::uintptr_t thread) noexcept;

}  // namespace refwave::hal
