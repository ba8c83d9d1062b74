// The driver's one global: the Driver between DRV_ENABLE and DRV_DISABLE, and counts of the calls that are
// inside it.
#pragma once

#include <atomic>
#include <cstdint>

#include "driver/control/driver.h"

namespace refwave::control {

/// A call's stay in the driver. While one exists the Driver does, too.
class DriverReference {
 public:
  /// `stream`: the call's handle, which may be wrong; it only chooses where the call is counted.
  explicit DriverReference(Handle stream = 0) noexcept;
  ~DriverReference();
  DriverReference(const DriverReference&) = delete;
  DriverReference& operator=(const DriverReference&) = delete;

  /// Returns: whether the driver is enabled, and may be used: not once all other threads have been killed.
  explicit operator bool() const noexcept { return driver_ != nullptr; }
  Driver& operator*() const noexcept { return *driver_; }
  Driver* operator->() const noexcept { return driver_; }

 private:
  std::atomic<std::uint32_t>& references_;
  Driver* driver_;
};

/// Effects: DRV_ENABLE: makes the Driver, if there is none. Returns: whether there is one now: false inside a
/// client's callback that disable() makes. `warm`: see Notifiers::warm_with().
bool enable(core::ClientCallback::Function warm) noexcept;

/// Effects: DRV_DISABLE: refuses new calls, waits for the calls inside, and ends the driver, in two seconds
/// and a few moments, but for a callback that it makes itself on this thread. If something does not end (a
/// callback on another thread, a hung device, a call from inside a callback), the Driver is left alive and
/// the module pinned. A second call is harmless, even from inside a callback that disable() makes.
/// Once the system has killed all other threads, enable() and disable() do nothing.
void disable() noexcept;

/// Effects: the exit of this process waits until what was reported done has been heard, where the system lets
/// it (hal::at_process_exit()). Thread: any that has opened a stream.
void hear_out_at_exit() noexcept;

}  // namespace refwave::control
