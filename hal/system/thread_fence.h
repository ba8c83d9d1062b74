// A fence on all threads at once, so that a hot path that only reads and writes needs none of its own: the
// rare path pays for both. One source file for each system.
#pragma once

namespace refwave::hal {

/// Effects: every other thread of the process passes a sequentially consistent fence at some moment of the
/// call, wherever it is then. What a thread did before that moment is seen by the caller; what the caller did
/// before is seen by the thread after it. Linux: membarrier(2); Windows: FlushProcessWriteBuffers. Where
/// there is none (an old Linux kernel, a sandbox, Wine 8, whose call does nothing), the caller sleeps a
/// millisecond instead, in which every processor has stored what it had to; that is not guaranteed. Takes
/// some microseconds, the first time on Linux some milliseconds. Thread: control.
void fence_all_threads() noexcept;

}  // namespace refwave::hal
