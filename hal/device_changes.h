// Tells of the system's sound devices as they come, go and become the default. Made and destroyed on
// PortAudio's thread; one implementation a system, chosen by CMake.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "hal/device.h"

namespace refwave::hal {

/// How often that has happened. Written by a thread of the system's or by PortAudio's, read by PortAudio's
/// thread and the client's: a number that differs from the one before says that there is something to look
/// at. What there is to see is asked of the system then, so nothing else is handed over: relaxed.
struct ChangeCounts {
  std::array<std::atomic<std::uint32_t>, 2> defaults{};  // by Direction
  std::atomic<std::uint32_t> all{0};                     // and every device that comes or goes
};

class DeviceChanges {
 public:
  /// Effects: counts from now on. Where the system tells nothing, never.
  explicit DeviceChanges(std::shared_ptr<ChangeCounts> counts);
  ~DeviceChanges();
  /// Effects: counts what the system keeps for whoever asks (Linux). Does not wait.
  void look();
  DeviceChanges(const DeviceChanges&) = delete;
  DeviceChanges& operator=(const DeviceChanges&) = delete;

 private:
  struct Registration;
  std::unique_ptr<Registration> registration_;
};

}  // namespace refwave::hal
