// What message_probe.drv tells of the messages that it handed on.
#pragma once

#include <windows.h>

#include <cstddef>

namespace refwave::test {

struct Note {
  UINT message;
  DWORD_PTR id;   // dwDriverId: what DRV_OPEN answered
  LPARAM second;  // lParam2
  LRESULT answer;
};
inline constexpr std::size_t kMostNotes = 32;
struct Notes {
  std::size_t count = 0;
  Note all[kMostNotes] = {};
};

/// The environment variable with refwave.drv's path.
inline constexpr const wchar_t* kProbedDriver = L"REFWAVE_PROBED_DRIVER";
/// The probe's export: Notes*().
inline constexpr const char* kProbeNotes = "probe_notes";

}  // namespace refwave::test
