// The driver as this process uses it: loaded when a command begins, unloaded at its end, and asked refwave's
// own messages in between. Everything else goes through the wave functions. Main thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "driver/cli/wave_client/driver_options.h"
#include "driver/winmm/refwave.h"

namespace refwave::cli {

class DriverSession {
 public:
  /// Effects: loads the driver that `options` name with what they set. Throws: Failure.
  explicit DriverSession(const DriverOptions& options);
  /// Effects: prints the driver's warnings that take_warnings() has not taken, and unloads the driver, which
  /// waits for the last frame.
  ~DriverSession();
  DriverSession(const DriverSession&) = delete;
  DriverSession& operator=(const DriverSession&) = delete;

  /// Returns: what SendDriverMessage takes.
  HDRVR handle() const { return driver_; }
  /// Returns: the sound devices it knows. May take a second.
  std::vector<REFWAVE_DEVICE> devices() const;
  /// Returns: its statistics over all streams; nothing from a driver that is not refwave.
  std::optional<REFWAVE_STATISTICS> statistics() const;
  /// Returns: the same while no device is open, when they report no device's rate; all 0 from a driver that
  /// is not refwave.
  REFWAVE_STATISTICS counters() const;
  /// Effects: shows the driver's configuration dialog until that is closed. Returns: a DRVCNF_ value; nothing
  /// from a driver that has none.
  std::optional<LRESULT> show_dialog() const;
  /// Returns: the driver's warnings so far; the destructor then does not print them.
  std::vector<std::string> take_warnings();
  /// Effects: calls `open` for a stream; and as long as the stream's sound server is there and does not
  /// answer, calls `close` and tries again, for five seconds. Then whatever was opened in the device's place
  /// stays. take_warnings() has the reason, and nothing of attempts that do not count. Returns: as the last
  /// `open`.
  MMRESULT open_patiently(const std::function<MMRESULT()>& open, const std::function<void()>& close);

 private:
  HDRVR driver_;
  std::size_t warnings_taken_ = 0;
  std::vector<std::string> held_warnings_;  // open_patiently() has taken them
};

/// Returns: those of the usual rates that the device said it takes.
std::vector<std::uint32_t> rates_taken(const REFWAVE_DEVICE& device);

/// Returns: the wave functions' own words for an error, without a full stop.
std::string wave_error_text(MMRESULT result);

/// Returns: why a device could not be opened, for a Failure. This is the driver's warning, if there is one
/// (for a device that does not exist it lists the devices there are), or else the error's own text.
std::string open_failure(DriverSession& session, MMRESULT result, const std::string& device, DWORD is_input);

}  // namespace refwave::cli
