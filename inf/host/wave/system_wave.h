// The system's own winmm, if this host is the drop-in. It converts formats through ACM that only its mapper
// takes. The client then has the system's handles, which the system's callbacks name. Any thread.
#pragma once

#include "driver/abi/windows_headers.h"
#include "inf/host/wave/wave_devices.h"

namespace refwave::host {

struct OpenCall {
  UINT id;
  LPCWAVEFORMATEX format;
  DWORD_PTR callback;
  DWORD_PTR instance;
  DWORD flags;
};

/// Implemented by the drop-in.
class SystemWave {
 public:
  virtual ~SystemWave() = default;
  virtual MMRESULT open(Direction direction, HWAVE* handle, const OpenCall& call) const = 0;
  /// Effects: calls the function for a WODM_ or WIDM_ message.
  virtual MMRESULT send(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                        DWORD_PTR parameter2) const = 0;
  virtual MMRESULT id(Direction direction, HWAVE handle, LPUINT id) const = 0;
  virtual MMRESULT message(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                           DWORD_PTR parameter2) const = 0;
};

/// `system` must live as long as the process.
void set_system_wave(const SystemWave& system);
/// Returns: null if there is none.
const SystemWave* system_wave();

/// Effects: opens through the system's mapper, and notes the handle. Errors: WAVERR_BADFORMAT.
MMRESULT open_in_system(Direction direction, HWAVE* handle, const OpenCall& call);
/// Returns: whether the handle is open, and from open_in_system. It may be as small as a device's number.
bool is_in_system(Direction direction, HWAVE handle);
/// Effects: as SystemWave::id. Errors: MMSYSERR_INVALHANDLE if there is no system.
MMRESULT id_in_system(Direction direction, HWAVE handle, LPUINT id);
/// Effects: as SystemWave::send. Errors: MMSYSERR_INVALHANDLE if there is no system.
MMRESULT send_to_system(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1 = 0,
                        DWORD_PTR parameter2 = 0);

}  // namespace refwave::host
