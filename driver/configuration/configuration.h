// The settings, and their two sources: refwave.toml and the string of DRV_OPEN (configuration_keys.cpp). A
// mistake becomes a warning, and the previous value stays. Throws std::bad_alloc alone. Control threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/core/handover/client_callback.h"
#include "dsp/encoder.h"
#include "dsp/filter_design.h"
#include "dsp/format.h"
#include "hal/device.h"

namespace refwave::configuration {

enum class Wake : std::uint8_t { park, predict, spin };
enum class Priority : std::uint8_t { ordinary, realtime };
enum class AudioPriority : std::uint8_t { ordinary, realtime, rtkit };
enum class Watch : std::uint8_t { on, off };
using Resampling = dsp::Quality;
using core::Completion;
using core::Done;
using dsp::Dither;
using hal::Fallback;

inline constexpr std::size_t kMostDevices = 16;  // of one direction; with hal::kOthers, too

inline constexpr std::uint32_t kLongLatencyMs =
    100;  // a reset drops what a device of this latency has queued

/// Returns: the value's name in the configuration.
std::string_view name_of(Completion completion);
std::string_view name_of(Wake wake);
std::string_view name_of(Done done);

/// See CONFIGURATION.md.
struct Configuration {
  // One wave device each, in order; none: no such devices; hal::kOthers: all that are not named.
  std::vector<std::string> output{"default"};
  std::vector<std::string> input{"default"};
  std::uint32_t period = 480;             // frames
  std::uint32_t latency_ms = 0;           // 0: the device's choice
  std::uint32_t rate = 0;                 // frames a second; 0: the device's own
  std::uint32_t channels = 0;             // 0: the device's own
  std::optional<dsp::SampleType> format;  // none: the device's choice
  Completion completion = Completion::deferred;
  Wake wake = Wake::park;
  std::uint32_t spin_percent = 6;  // of one processor, for wake = predict
  Priority notifier_priority = Priority::ordinary;
  AudioPriority audio_priority = AudioPriority::realtime;
  Done done = Done::consumed;
  Fallback fallback = Fallback::clocked;
  double clock = 1.0;   // device seconds a second; 0: stepped
  std::string capture;  // path of a WAV file; empty: none
  bool loop = false;
  Resampling resampling = Resampling::medium;
  Dither dither = Dither::automatic;
  std::uint32_t ring = 256;  // headers a stream
  std::uint32_t linger_ms = 2000;
  std::uint32_t start_ms = 2000;
  std::vector<std::string> deny;  // programs that find no device
  std::string log;                // path of a text file; empty: none
  Watch watch = Watch::on;

  /// Returns: the frames of a period at that rate, as latency_ms leaves them.
  std::uint32_t period_at(double frames_a_second) const {
    return hal::OpenRequest{.period_frames = period, .latency_ms = latency_ms}.period_at(frames_a_second);
  }
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// `configuration` is complete and in range, whatever the text was; `warnings` are single lines of UTF-8.
struct Parsed {
  Configuration configuration;
  std::vector<std::string> warnings;
};

/// The place of refwave.toml.
struct ConfigurationFile {
  std::string path;         // UTF-8; empty: there is no such place, and nothing is read
  bool must_exist = false;  // the user named it, so that its absence is worth a warning
  std::string refused{};    // why it is not read; empty: it is
};

/// Returns: the file that the environment names, else the one in the user's configuration folder.
ConfigurationFile configuration_file();

/// Returns: the refwave.toml in a program's folder; refused where more people may write it than the program.
ConfigurationFile program_configuration_file(const std::string& folder);

/// Returns: configuration_file(), and the one beside this process's program if it exists, which overrides it.
std::vector<ConfigurationFile> configuration_files();

/// Returns: REFWAVE_LOG in UTF-8; nothing if it is not set, or if the process has more rights than its user.
std::optional<std::string> log_from_environment();

Parsed load_file(const ConfigurationFile& file, const Configuration& base = {});

/// Returns: all of configuration_files().
Parsed load_files(const Configuration& base = {});

/// `source_name`: of the document, in warnings.
Parsed parse_toml(std::string_view text, std::string_view source_name, const Configuration& base = {});

/// `text`: UTF-8; its syntax is in CONFIGURATION.md.
Parsed parse_open_string(std::string_view text, const Configuration& base = {});

/// `program`: an executable's file name.
bool is_denied(const Configuration& configuration, std::string_view program);

/// Returns: the keys in which `now` differs from `before`, as TOML: `period = 240, rate = 44100`.
std::string differences(const Configuration& now, const Configuration& before = {});

/// A key and its value as in refwave.toml.
struct Setting {
  std::string key;
  std::string value;  // `480`, `"deferred"`, `["default"]`
};
std::vector<Setting> settings_of(const Configuration& configuration);

/// Returns: a refwave.toml with every key as a comment: its meaning, range and default.
std::string configuration_as_toml();

}  // namespace refwave::configuration
