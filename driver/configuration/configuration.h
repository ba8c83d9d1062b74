// What can be configured, with its defaults, and the two places it is read from: the file refwave.toml and
// the string of DRV_OPEN. Both go through the one table in configuration_keys.cpp. Control threads only;
// plain values; nothing here throws (memory aside), and nothing here is fatal: what is wrong becomes a
// warning and the value before it stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/core/handover/completion.h"
#include "dsp/encoder.h"
#include "dsp/filter_design.h"
#include "hal/device.h"

namespace refwave::configuration {

enum class SampleFormat : std::uint8_t { automatic, u8, s16, s24, s32, f32 };
enum class Wake : std::uint8_t { park, predict, spin };
enum class Priority : std::uint8_t { ordinary, realtime };
enum class AudioPriority : std::uint8_t { ordinary, realtime, rtkit };
enum class Watch : std::uint8_t { on, off };
using Resampling = dsp::Quality;
using core::Completion;
using core::Done;
using dsp::Dither;
using hal::Fallback;

/// Returns: the name that the configuration has for a value.
std::string_view name_of(Completion completion);
std::string_view name_of(Wake wake);
std::string_view name_of(Done done);

/// The settings of one driver between DRV_ENABLE and DRV_DISABLE. What each means is in CONFIGURATION.md.
struct Configuration {
  std::vector<std::string> output{"default"};  // one wave device each, in order; none: no such devices
  std::vector<std::string> input{"default"};
  std::uint32_t period = 480;    // frames
  std::uint32_t latency_ms = 0;  // 0: the device's choice
  std::uint32_t rate = 0;        // frames a second; 0: the device's own
  std::uint32_t channels = 0;    // 0: the device's own
  SampleFormat format = SampleFormat::automatic;
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

/// Where refwave.toml is to be looked for.
struct ConfigurationFile {
  std::string path;         // UTF-8; empty: there is no such place, and nothing is read
  bool must_exist = false;  // the user named it, so that its absence is worth a warning
};

/// Returns: the file named by the environment or, failing that, the usual place in the user's configuration
/// folder.
ConfigurationFile configuration_file();

/// Returns: the log file that REFWAVE_LOG names, in UTF-8; empty if it names none although it is set; nothing
/// if it is not set, or if the process has more rights than whoever started it.
std::optional<std::string> log_from_environment();

/// Returns: `base` with what `file` sets. Warnings name the file and the line.
Parsed load_file(const ConfigurationFile& file, const Configuration& base = {});

/// Returns: `base` with what the TOML document `text` sets; if it is not TOML, `base` and one warning with
/// line and column. `source_name` stands for the document in warnings.
Parsed parse_toml(std::string_view text, std::string_view source_name, const Configuration& base = {});

/// Returns: `base` with what `text` (UTF-8) sets: `key = value; key = value`, the entries of a list separated
/// by `|`, a value or an entry in double quotes if it contains `;`, `|` or outer spaces ("" stands for a
/// quote inside quotes). The key `device` sets `output` and `input`.
Parsed parse_open_string(std::string_view text, const Configuration& base = {});

/// Returns: whether `program`, the file name of an executable, is among those that find no device.
bool is_denied(const Configuration& configuration, std::string_view program);

/// Returns: the keys of `now` that differ from `before`, as TOML: `period = 240, rate = 44100`; empty if none
/// does.
std::string differences(const Configuration& now, const Configuration& before = {});

/// A key and its value as refwave.toml has them.
struct Setting {
  std::string key;
  std::string value;  // `480`, `"deferred"`, `["default"]`
};
/// Returns: every key of `configuration`, in the table's order.
std::vector<Setting> settings_of(const Configuration& configuration);

/// Returns: the table of keys as Markdown, as CONFIGURATION.md holds it.
std::string configuration_as_markdown();

/// Returns: a refwave.toml in which every key stands as a comment with its meaning, its range and its
/// default.
std::string configuration_as_toml();

}  // namespace refwave::configuration
