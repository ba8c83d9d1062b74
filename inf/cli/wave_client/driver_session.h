// The driver in this process: loaded when a command begins, unloaded at its end, and queried by refwave's own
// messages. Sound goes through the wave functions. Main thread.
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

/// The driver's options. They become its DRV_OPEN string, and override refwave.toml.
struct DriverOptions {
  std::string driver;  // path; empty: refwave.drv beside the command
  std::string device;  // empty: as configured
  std::string period;  // these five: empty if not given
  std::string rate;
  std::string completion;
  std::string wake;
  std::string done;
  std::string capture;                 // path of a WAV file
  std::uint32_t usual_latency_ms = 0;  // asked of refwave's own device, unless a setting or refwave.toml asks
  std::vector<std::string> settings;   // key=value each, as the DRV_OPEN string has them
  std::string parameters;  // the whole DRV_OPEN string of another driver; empty: made of the others
};

/// Returns: "key=\"value\"", as a DRV_OPEN string has it, or nothing for an empty value.
std::string setting(std::string_view key, std::string_view value);

/// What the options make of refwave.toml.
struct DriverSetup {
  std::string open_string;  // of DRV_OPEN
  configuration::Configuration configuration;
};

/// Effects: reads refwave.toml. A device that was named has no fallback. Throws: Failure if the configuration
/// would not accept the options.
DriverSetup setup_of(const DriverOptions& options);

class DriverSession {
 public:
  /// Effects: loads the driver. Throws: Failure.
  explicit DriverSession(const DriverOptions& options) : DriverSession(options, setup_of(options)) {}
  DriverSession(const DriverOptions& options, DriverSetup setup);
  /// Effects: prints the remaining warnings, and unloads the driver, which waits for the last frame.
  ~DriverSession();
  DriverSession(const DriverSession&) = delete;
  DriverSession& operator=(const DriverSession&) = delete;

  HDRVR handle() const { return driver_; }
  /// Returns: the configuration that refwave.drv has.
  const configuration::Configuration& configuration() const { return setup_.configuration; }
  /// Returns: the sound devices it knows. May take a second.
  std::vector<REFWAVE_DEVICE> devices() const;
  /// Returns: the statistics over all streams; nothing from another driver.
  std::optional<REFWAVE_STATISTICS> statistics() const;
  /// The same, also while no device is open; all 0 from another driver.
  REFWAVE_STATISTICS counters() const;
  /// Effects: shows the driver's configuration dialog. Returns: a DRVCNF_ value; nothing if it has none.
  std::optional<LRESULT> show_dialog() const;
  /// Returns: the driver's warnings so far; the destructor then does not print them.
  std::vector<std::string> take_warnings();
  /// Returns: whether a warning so far said that the capture has ended.
  bool has_capture_failed() const { return has_capture_failed_; }
  /// Effects: calls `open`; while the stream's sound server listens and does not answer, calls `close` and
  /// retries, for five seconds. Then the fallback is kept. take_warnings() has the last attempt's reasons.
  /// Returns: as the last `open`.
  MMRESULT open_patiently(const std::function<MMRESULT()>& open, const std::function<void()>& close);

 private:
  DriverSetup setup_;
  HDRVR driver_;
  std::size_t warnings_taken_ = 0;
  bool has_capture_failed_ = false;
  std::vector<std::string> held_warnings_;  // open_patiently() has taken them
};

/// Returns: the usual rates that the device takes.
std::vector<std::uint32_t> rates_taken(const REFWAVE_DEVICE& device);
/// Returns: "44100 48000".
std::string rates_text(const REFWAVE_DEVICE& device);

/// Returns: the wave functions' text for an error, without a full stop.
std::string wave_error_text(MMRESULT result);

/// Returns: why a device could not be opened: the driver's warning, or else the error's text.
std::string open_failure(DriverSession& session, MMRESULT result, const std::string& device, DWORD is_input);

/// Effects: this process' wave functions use `driver_file` only, with that DRV_OPEN string.
void use_driver(const std::filesystem::path& driver_file, const std::string& open_string);

/// The driver of programs, where that is another one than refwave.drv.
struct OtherDriver {
  std::string origin;  // the place that names it: "/etc/system.ini:3: wave1"
  std::string file;
};

/// Returns: the first that is registered for programs; nothing once this process uses a driver of its own.
std::optional<OtherDriver> other_driver();
/// Effects: prints which driver that is, and how to use it, unless `options` name a driver.
void tell_of_other_driver(const DriverOptions& options);

/// Effects: as OpenDriver. Returns: null on failure; load_error() has the reason.
HDRVR open_driver();

/// Effects: drivers loaded from now on, also by child processes, ignore the user's configuration.
void use_no_configuration_file();

/// Effects: unloads the wave functions' drivers. Returns after the last frame was heard.
void unload_drivers();

std::string missing_driver_hint();
std::string no_sound_hint();
/// Returns: how a device can record another one.
std::string loop_hint();
/// Returns: how to make a program play on refwave.
std::string use_hint();

/// Returns: why the last load failed, in one line; empty if unknown.
std::string load_error();

}  // namespace refwave::cli
