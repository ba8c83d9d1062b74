// The system's own winmm, if this host is the drop-in. It serves the formats that only its wave mapper takes,
// by conversion through ACM. The client then gets the system's own handles, because the system's callbacks
// name them. Any thread.
#pragma once

#include "driver/abi/windows_headers.h"
#include "inf/host/wave/wave_devices.h"

namespace refwave::host {

/// The arguments of waveOutOpen or waveInOpen.
struct OpenCall {
  UINT id;
  LPCWAVEFORMATEX format;
  DWORD_PTR callback;
  DWORD_PTR instance;
  DWORD flags;
};

/// The system's functions, each as its page says. Implemented by the drop-in.
class SystemWave {
 public:
  virtual ~SystemWave() = default;
  virtual MMRESULT open(Direction direction, HWAVE* handle, const OpenCall& call) const = 0;
  /// Effects: calls the function that belongs to a WODM_ or WIDM_ message.
  virtual MMRESULT send(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                        DWORD_PTR parameter2) const = 0;
  virtual MMRESULT id(Direction direction, HWAVE handle, LPUINT id) const = 0;
  /// Effects: calls waveOutMessage or waveInMessage.
  virtual MMRESULT message(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                           DWORD_PTR parameter2) const = 0;
};

/// Effects: this host uses `system` from now on. `system` must live as long as the process.
void set_system_wave(const SystemWave& system);
/// Returns: null if there is none.
const SystemWave* system_wave();

/// Effects: opens in the system, by its mapper, and remembers the handle. Errors: WAVERR_BADFORMAT if the
/// system does not take the format, or there is no system.
MMRESULT open_in_system(Direction direction, HWAVE* handle, const OpenCall& call);
/// Returns: whether the handle came from open_in_system and is open. Such a handle may be a number as small
/// as a device's number.
bool is_in_system(Direction direction, HWAVE handle);
/// Effects: as SystemWave::id. Errors: MMSYSERR_INVALHANDLE if there is no system.
MMRESULT id_in_system(Direction direction, HWAVE handle, LPUINT id);
/// Effects: as SystemWave::send; a closed handle is forgotten. Errors: MMSYSERR_INVALHANDLE if there is no
/// system.
MMRESULT send_to_system(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1 = 0,
                        DWORD_PTR parameter2 = 0);

}  // namespace refwave::host
