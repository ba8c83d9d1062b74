// The driver linked in: tests that send millions of messages call DriverProc, wodMessage and widMessage
// directly, without libwinmm. DriverCallback is the program's own, and calls functions only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "driver/winmm/refwave.h"

extern "C" {
LRESULT CALLBACK DriverProc(DWORD_PTR, HDRVR, UINT, LPARAM, LPARAM);
DWORD APIENTRY wodMessage(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);
DWORD APIENTRY widMessage(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);
}

namespace refwave::contract {

/// The driver between DRV_LOAD and DRV_FREE. One at a time.
class DirectDriver {
 public:
  explicit DirectDriver(const std::string& settings);
  ~DirectDriver();
  DirectDriver(const DirectDriver&) = delete;
  DirectDriver& operator=(const DirectDriver&) = delete;

  LRESULT send(UINT message, LPARAM first = 0, LPARAM second = 0) const;
  /// Effects: the stepped clocked device runs `periods` periods, on this thread.
  void step(std::uint32_t periods) const { send(REFWAVE_STEP, periods); }
  /// Returns: whether every client was notified of its finished blocks within `patience`.
  bool settle(std::chrono::milliseconds patience) const {
    return send(REFWAVE_SETTLE, patience.count()) == MMSYSERR_NOERROR;
  }

 private:
  DWORD_PTR instance_ = 0;
};

WAVEOPENDESC open_description(const WAVEFORMATEX& format, LPDRVCALLBACK callback, void* instance);

/// Returns: the header's flags, which the driver's threads change meanwhile.
DWORD flags_of(const WAVEHDR& header);

inline DWORD_PTR address_of(const void* object) { return reinterpret_cast<DWORD_PTR>(object); }

}  // namespace refwave::contract
