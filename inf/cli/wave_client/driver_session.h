// The driver as this process uses it: loaded when a command begins, unloaded at its end, and asked refwave's
// own messages in between. Everything else goes through the wave functions. Main thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/configuration/configuration.h"
#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// The options that go to the driver: they become its DRV_OPEN string, and so override refwave.toml.
struct DriverOptions {
  std::string driver;  // path; empty: refwave.drv beside the command
  std::string device;  // empty: as configured
  std::string period;  // these five: empty if not given
  std::string rate;
  std::string completion;
  std::string wake;
  std::string done;
  std::string capture;                // path of a WAV file
  std::vector<std::string> settings;  // key=value each, as the DRV_OPEN string has them
  std::string parameters;  // the whole DRV_OPEN string of another driver; empty: made of the others
};

/// Returns: "key=\"value\"", as a DRV_OPEN string has it, or nothing for an empty value.
std::string setting(std::string_view key, std::string_view value);

/// Returns: the DRV_OPEN string for `options`: its parameters, if there are any. If a device was named, no
/// other device may replace it: fallback=none. Throws: Failure if the configuration would not accept it.
std::string open_string(const DriverOptions& options);

/// Returns: the configuration that refwave.drv will have with `options`.
configuration::Configuration configuration_with(const DriverOptions& options);

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

/// Effects: makes wave functions of this process use `driver_file` alone, with `open_string` as its DRV_OPEN
/// string.
void use_driver(const std::filesystem::path& driver_file, const std::string& open_string);

/// Effects: opens that driver as OpenDriver does. Returns: null if that fails; load_error() then says why.
HDRVR open_driver();

/// Effects: drivers loaded from now on, by children of this process too, read no configuration of the user's.
void use_no_configuration_file();

/// Effects: unloads the drivers that the wave functions have loaded. It returns when the driver has closed
/// its devices, which is after the last frame was heard.
void unload_drivers();

/// Returns: what to do about a driver that is not beside the command.
std::string missing_driver_hint();
/// Returns: what to do where no device makes a sound.
std::string no_sound_hint();
/// Returns: by which ways a device hears another one.
std::string loop_hint();
/// Returns: how a program comes to play on refwave.
std::string use_hint();

/// Returns: why the last attempt to load a driver failed, one line; empty if the system does not say.
std::string load_error();

}  // namespace refwave::cli
