// The driver's one global, the Driver between DRV_ENABLE and DRV_DISABLE, and counts of the calls inside it.
#pragma once

#include <atomic>
#include <cstdint>

#include "driver/control/driver.h"

namespace refwave::control {

/// A call inside the driver. The Driver lives at least as long.
class DriverReference {
 public:
  /// `stream`: the call's handle, valid or not; it only chooses the counter.
  explicit DriverReference(Handle stream = 0) noexcept;
  ~DriverReference();
  DriverReference(const DriverReference&) = delete;
  DriverReference& operator=(const DriverReference&) = delete;

  /// Returns: whether the driver is enabled, and other threads still live.
  explicit operator bool() const noexcept { return driver_ != nullptr; }
  Driver& operator*() const noexcept { return *driver_; }
  Driver* operator->() const noexcept { return driver_; }

 private:
  std::atomic<std::uint32_t>& references_;
  Driver* driver_;
};

/// Effects: DRV_ENABLE. `defaults`: as Driver's. Returns: whether there is a Driver; false inside disable().
bool enable(core::ClientCallback::Function warm, configuration::Configuration (*defaults)()) noexcept;

/// Effects: DRV_DISABLE: refuses new calls, waits for those inside, and ends the driver (Driver::end()). If
/// something does not end, the Driver is leaked and the module pinned. A second or nested call is harmless.
/// When the system has killed all other threads, enable() and disable() do nothing.
void disable() noexcept;

/// Effects: the process's exit waits until everything done has been heard (hal::at_process_exit()).
void drain_at_exit() noexcept;

}  // namespace refwave::control
