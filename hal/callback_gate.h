// A gate between an audio thread and the code that it calls. A control thread shuts the gate and can then
// wait until no thread is inside. The audio thread never waits: if the gate is shut, it skips the call.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"

namespace refwave::hal {

/// One audio thread at a time passes; any thread opens and shuts.
class CallbackGate {
 public:
  // Release: pairs with enter(), which finds what lies behind the gate.
  void open() noexcept { open_.store(true, std::memory_order_release); }
  void shut() noexcept { open_.store(false); }
  REFWAVE_AUDIO_THREAD bool is_open() const noexcept { return open_.load(std::memory_order_relaxed); }

  /// Returns: whether the audio thread may go through; if it may, it calls leave() afterwards. Thread: audio.
  REFWAVE_AUDIO_THREAD bool enter() noexcept {
    if (!is_open()) return false;
    // `inside_` is stored before `open_` is read, and wait_until_empty() reads `inside_` after shut() has
    // stored `open_`. These four accesses have a single order, so at least one side sees the other.
    caller_.store(this_thread_id(), std::memory_order_relaxed);
    inside_.store(true);
    if (open_.load()) return true;
    leave();
    return false;
  }
  // Release: pairs with occupied(). What the thread did inside is over.
  REFWAVE_AUDIO_THREAD void leave() noexcept { inside_.store(false, std::memory_order_release); }

  bool occupied() const noexcept { return inside_.load(); }
  bool entered_by_this_thread() const noexcept {
    return occupied() && caller_.load(std::memory_order_relaxed) == this_thread_id();
  }

  /// Effects: after shut(), waits until the thread inside has left. Returns: whether it has. Thread: control.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) const {
    while (occupied()) {
      if (entered_by_this_thread() || std::chrono::steady_clock::now() >= deadline) return false;
      nap(std::chrono::microseconds{100});
    }
    return true;
  }

 private:
  std::atomic<bool> open_{false};
  std::atomic<bool> inside_{false};
  std::atomic<std::uintptr_t> caller_{0};
};

}  // namespace refwave::hal
