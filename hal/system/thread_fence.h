// A fence on all threads at once, so that a hot path that only reads and writes needs none of its own: the
// rare path pays for both. One source file for each system.
#pragma once

namespace refwave::hal {

/// Effects: every other thread of the process passes a sequentially consistent fence at some moment of the
/// call, wherever it is then. What a thread did before that moment is seen by the caller; what the caller did
/// before is seen by the thread after it. Linux: membarrier(2); Windows: FlushProcessWriteBuffers. Some
/// microseconds. Returns: false if a Linux kernel refuses it; then only the caller has passed one. Thread:
/// control.
bool fence_all_threads() noexcept;

}  // namespace refwave::hal
