// The wave devices of all registered drivers, numbered in the drivers' order. The drivers are loaded by the
// first wave function, until winmm_host_unload_wave_drivers. Any thread.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "inf/host/installable/driver_library.h"

namespace refwave::host {

enum class Direction { output, input };

/// wodMessage or widMessage.
using WaveMessage = DWORD(APIENTRY*)(UINT device, UINT message, DWORD_PTR user, DWORD_PTR parameter1,
                                     DWORD_PTR parameter2);

struct WaveSide {
  WaveMessage message = nullptr;  // null: the driver has no such entry
  UINT devices = 0;
};

struct WaveDriver {
  HDRVR handle = nullptr;
  std::shared_ptr<DriverLibrary> library;
  std::array<WaveSide, 2> sides = {};

  const WaveSide& side(Direction direction) const { return sides[static_cast<std::size_t>(direction)]; }
};

struct WaveDevice {
  std::shared_ptr<DriverLibrary> library;  // keeps its code loaded
  WaveMessage message = nullptr;
  UINT number = 0;  // within its driver
  UINT id = 0;      // within the system

  MMRESULT send(UINT wave_message, DWORD_PTR user, DWORD_PTR parameter1, DWORD_PTR parameter2) const {
    return message(number, wave_message, user, parameter1, parameter2);
  }
};

class WaveDevices {
 public:
  explicit WaveDevices(std::vector<WaveDriver> drivers) : drivers_(std::move(drivers)) {}
  const std::vector<WaveDriver>& drivers() const { return drivers_; }
  UINT count(Direction direction) const;
  std::optional<WaveDevice> find(Direction direction, UINT id) const;

 private:
  std::vector<WaveDriver> drivers_;
};

/// Effects: loads the drivers if needed; winmm_host_last_error() has the reasons of failures. Returns: the
/// devices; none to a driver that is itself being loaded. Errors: std::bad_alloc, and nothing is loaded.
std::shared_ptr<const WaveDevices> wave_devices();

/// Effects: unloads the drivers in reverse order.
void unload_wave_devices();

}  // namespace refwave::host
