// Windows' events: CreateEvent, SetEvent, ResetEvent, WaitForSingleObject, CloseHandle.
#include <windows.h>

#include <chrono>
#include <memory>
#include <new>

#include "hal/system/mutex.h"
#include "inf/host/handle_table.h"

namespace refwave::host {
namespace {

enum class ResetMode { automatic, manual };

class Event {
 public:
  Event(ResetMode mode, bool set) : mode_(mode), set_(set) {}

  void set() {
    {
      const hal::MutexLock lock(mutex_);
      set_ = true;
    }
    changed_.notify_all();
  }

  void reset() {
    const hal::MutexLock lock(mutex_);
    set_ = false;
  }

  /// Effects: waits until the event is set; an automatic one releases one waiter.
  bool wait(DWORD timeout_ms) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    const hal::MutexLock lock(mutex_);
    for (bool in_time = true; !set_;) {
      if (!in_time) return false;
      if (timeout_ms == INFINITE) {
        changed_.wait(mutex_);
      } else {
        in_time = changed_.wait_until(mutex_, end);
      }
    }
    if (mode_ == ResetMode::automatic) set_ = false;
    return true;
  }

 private:
  const ResetMode mode_;
  hal::Mutex mutex_;
  hal::Condition changed_;
  bool set_ GUARDED_BY(mutex_);
};

HandleTable<HANDLE, Event>& events() {
  static constinit HandleTable<HANDLE, Event> table;
  return table;
}

}  // namespace
}  // namespace refwave::host

using namespace refwave::host;

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES, BOOL manual_reset, BOOL initial_state, LPCWSTR) {
  const auto mode = manual_reset != FALSE ? ResetMode::manual : ResetMode::automatic;
  try {
    return events().add(std::make_unique<Event>(mode, initial_state != FALSE)).handle();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCSTR) {
  return CreateEventW(attributes, manual_reset, initial_state, nullptr);
}

BOOL WINAPI SetEvent(HANDLE event) {
  const auto found = events().find(event);
  if (found) found->set();
  return found ? TRUE : FALSE;
}

BOOL WINAPI ResetEvent(HANDLE event) {
  const auto found = events().find(event);
  if (found) found->reset();
  return found ? TRUE : FALSE;
}

DWORD WINAPI WaitForSingleObject(HANDLE event, DWORD timeout_ms) {
  const auto found = events().find(event);
  if (!found) return WAIT_FAILED;
  return found->wait(timeout_ms) ? WAIT_OBJECT_0 : WAIT_TIMEOUT;
}

BOOL WINAPI CloseHandle(HANDLE event) { return events().remove(event) ? TRUE : FALSE; }
