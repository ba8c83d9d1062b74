// The driver under test, loaded as any program would load it, and the stepped clock that makes time pass in
// tests. Everything goes through the public wave and driver API of winmm.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h wants mmsystem.h first.
#include <mmddk.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "driver/winmm/refwave.h"

namespace refwave::contract {

inline constexpr DWORD kPeriodFrames = 128;           // of the stepped device
inline constexpr std::chrono::seconds kPatience{60};  // then a condition has failed

/// wodMessage or widMessage.
using WaveEntry = DWORD(APIENTRY*)(UINT device, UINT message, DWORD_PTR user, DWORD_PTR first,
                                   DWORD_PTR second);

/// Returns: the file of the driver that the suite is run against.
std::string driver_path();

/// Returns: settings for a device of 48 kHz that plays and records when told to (step), and `more`.
std::string stepped(const std::string& more = {});

/// The driver, registered for this process, loaded and opened. One at a time.
class LoadedDriver {
 public:
  /// `settings`: the parameter string. Failure to load fails the test.
  explicit LoadedDriver(const std::string& settings = stepped());
  /// Effects: unloads the driver, streams still open or not.
  ~LoadedDriver();
  LoadedDriver(const LoadedDriver&) = delete;
  LoadedDriver& operator=(const LoadedDriver&) = delete;

  HDRVR handle() const { return handle_; }
  LRESULT send(UINT message, LPARAM first = 0, LPARAM second = 0) const;
  DRIVERPROC driver_proc() const;
  WaveEntry wod() const;
  WaveEntry wid() const;

  /// Effects: the device plays so many periods, on this thread.
  void step(std::uint32_t periods = 1) const;
  /// Effects: waits until the client was told of all that is finished.
  void settle() const;
  /// Effects: steps and settles until `condition()` is true. Returns: whether it came true in time.
  template <class Condition>
  bool step_until(Condition condition) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      step();
      settle();
    }
    return true;
  }

  REFWAVE_STATISTICS statistics() const;
  std::string warnings() const;

 private:
  HDRVR handle_ = nullptr;
};

/// Returns: how many threads, and how many files, this process has.
std::size_t threads_alive();
std::size_t files_open();

}  // namespace refwave::contract
