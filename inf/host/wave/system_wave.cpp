#include "inf/host/wave/system_wave.h"

#include <array>
#include <atomic>
#include <set>

#include "hal/system/mutex.h"
#include "inf/host/handle_table.h"

namespace refwave::host {
namespace {

/// Written before the drop-in's first wave function runs.
std::atomic<const SystemWave*> system_behind{nullptr};

struct OpenHandles {
  hal::Mutex mutex;
  // Twice, if another thread was given a handle again while its close was still here.
  std::multiset<HWAVE> handles GUARDED_BY(mutex);
};

OpenHandles& open_handles(Direction direction) {
  static auto& both = *new std::array<OpenHandles, 2>;  // never destroyed: threads may outlive main
  return both[static_cast<std::size_t>(direction)];
}

/// Returns: the system, unless the handle is refwave's own, open or stale (handle_table.h).
const SystemWave* system_of(HWAVE handle) {
  return is_handle_number(reinterpret_cast<std::uintptr_t>(handle)) ? nullptr : system_wave();
}

}  // namespace

void set_system_wave(const SystemWave& system) {
  // Release: pairs with system_wave().
  system_behind.store(&system, std::memory_order_release);
}

const SystemWave* system_wave() {
  // Acquire: pairs with set_system_wave().
  return system_behind.load(std::memory_order_acquire);
}

MMRESULT open_in_system(Direction direction, HWAVE* handle, const OpenCall& call) {
  const SystemWave* const system = system_wave();
  if (system == nullptr || system->open(direction, handle, call) != MMSYSERR_NOERROR) return WAVERR_BADFORMAT;
  if ((call.flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;
  OpenHandles& open = open_handles(direction);
  const hal::MutexLock lock(open.mutex);
  open.handles.insert(*handle);
  return MMSYSERR_NOERROR;
}

bool is_in_system(Direction direction, HWAVE handle) {
  if (system_of(handle) == nullptr) return false;
  OpenHandles& open = open_handles(direction);
  const hal::MutexLock lock(open.mutex);
  return open.handles.count(handle) > 0;
}

MMRESULT id_in_system(Direction direction, HWAVE handle, LPUINT id) {
  const SystemWave* const system = system_of(handle);
  return system == nullptr ? MMSYSERR_INVALHANDLE : system->id(direction, handle, id);
}

MMRESULT send_to_system(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                        DWORD_PTR parameter2) {
  const SystemWave* const system = system_of(handle);
  if (system == nullptr) return MMSYSERR_INVALHANDLE;
  const MMRESULT result = system->send(direction, handle, message, parameter1, parameter2);
  const UINT close = direction == Direction::output ? WODM_CLOSE : WIDM_CLOSE;
  if (message != close || result != MMSYSERR_NOERROR) return result;
  OpenHandles& open = open_handles(direction);
  const hal::MutexLock lock(open.mutex);
  if (const auto closed = open.handles.find(handle); closed != open.handles.end()) open.handles.erase(closed);
  return result;
}

}  // namespace refwave::host
