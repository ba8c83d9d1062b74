// Notes when sound devices appear, disappear or become the default. Made and destroyed on PortAudio's thread.
// One implementation for each system, chosen by CMake.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "hal/device.h"

namespace refwave::hal {

/// The number of such changes. A thread of the system or PortAudio's thread writes it; PortAudio's thread and
/// control threads read it. A reader that sees a new number then asks the system about its devices. No other
/// data is handed over, so relaxed is enough.
struct ChangeCounts {
  std::array<std::atomic<std::uint32_t>, 2> defaults{};  // by Direction
  std::atomic<std::uint32_t> all{0};                     // and every device that appears or disappears
};

class DeviceChanges {
 public:
  /// Effects: counts from now on. If the system reports nothing, the counts do not change.
  explicit DeviceChanges(std::shared_ptr<ChangeCounts> counts);
  ~DeviceChanges();
  /// Effects: counts what is new since the last look, in some folders (Linux, which reports nothing itself).
  void look();

 private:
  struct Registration;
  std::unique_ptr<Registration> registration_;
};

}  // namespace refwave::hal
