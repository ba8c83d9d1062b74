#include "hal/system/process_end.h"

#include <atomic>

namespace refwave::hal {
namespace {

constinit std::atomic<bool> is_at_exit{false};
constinit std::atomic<bool> is_ending{false};

struct AtExit {
  ~AtExit() { is_at_exit = true; }
};

}  // namespace

// Made here, because loading the module runs no code. At exit() it is destroyed before any library is ended,
// a winmm among them.
void watch_for_process_end() noexcept {
  static const AtExit at_exit;
  is_ending = false;
}

// Not earlier: a program's own static objects may live longer than AtExit, and wait for their callbacks when
// they close.
void note_disable() noexcept { is_ending = is_at_exit.load(); }

bool is_process_ending() noexcept { return is_ending; }

// Threads run on until the last function of the process has returned.
bool are_other_threads_killed() noexcept { return false; }

}  // namespace refwave::hal
