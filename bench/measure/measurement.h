// The result of a measurement, as the table, the JSON and the page use it. Values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/measure/histogram.h"
#include "bench/trace/block_pieces.h"

namespace refwave::measure {

using PieceTimes = std::array<std::int64_t, trace::kPieces>;  // ns

/// A duration, and when it began.
struct Sample {
  std::int64_t at_ns;  // since the measurement began
  std::uint64_t ns;
  std::uint32_t stream;
};

/// A driver seen from outside, besides the lateness of its reports.
struct Outside {
  double real_time_percent = 0;  // audio played, as a share of real time
  std::uint64_t bursts = 0;      // reports less than a tenth of a block after the one before
  std::uint64_t ran_dry = 0;     // reports after which the driver had no block left
};

/// The durations of one of the drivers that were measured, or of the bare wake.
struct Series {
  explicit Series(std::string called) : name(std::move(called)) {}

  void add(const Sample& sample);

  std::string name;
  Histogram measured;
  std::vector<Sample> samples;  // the first of them
  std::uint64_t samples_left_out = 0;
  std::optional<Outside> outside;
};

/// The pieces of all complete blocks.
struct Pieces {
  void add(const PieceTimes& block);
  /// Returns: false if no block needed a wake, because the audio thread itself calls the clients.
  bool has_wakes() const { return each[static_cast<std::size_t>(trace::Piece::wake)].max() > 0; }

  std::array<Histogram, trace::kPieces> each;
  Histogram from_wake;  // the wake and the pieces after it
};

/// The lateness of a stream's reports, seen from outside: each one's distance from the ideal timeline, the
/// straight line under all of them that is nearest on average. No block is done early, so the line touches
/// the most punctual reports; its slope is the device's own length of a block, so drift is no lateness.
/// (Moon, Skelly and Towsley, "Estimation and Removal of Clock Skew from Network Delay Measurements".)
std::vector<std::uint64_t> lateness_ns(std::span<const std::int64_t> reports_ns);

struct Settings {
  std::string device;  // as a sentence has it
  std::uint32_t streams = 0;
  std::uint32_t buffers = 0;
  std::uint32_t block_frames = 0;
  std::uint32_t rate = 0;           // of the blocks
  std::uint32_t period_frames = 0;  // of refwave's device; 0: unknown
  std::uint32_t device_rate = 0;    // of refwave's device; 0: unknown
  // The device's own period and buffer; 0: unknown.
  std::uint32_t device_period_frames = 0;
  std::uint32_t device_buffer_frames = 0;
  std::string completion{}, wake{}, done{}, priority{};  // refwave's; the notifiers'
};

/// A setting in reports. Two reports are compared only if the `same` ones are equal; of others a difference
/// is printed.
struct Setting {
  enum class Compared : std::uint8_t { same, other, no };

  const char* key;
  std::variant<std::uint32_t Settings::*, std::string Settings::*> member;
  Compared compared;
};
inline constexpr Setting kSettings[] = {
    {"device", &Settings::device, Setting::Compared::same},
    {"streams", &Settings::streams, Setting::Compared::other},
    {"buffers", &Settings::buffers, Setting::Compared::other},
    {"block_frames", &Settings::block_frames, Setting::Compared::same},
    {"period_frames", &Settings::period_frames, Setting::Compared::same},
    {"rate", &Settings::rate, Setting::Compared::same},
    {"device_rate", &Settings::device_rate, Setting::Compared::same},
    {"device_period_frames", &Settings::device_period_frames, Setting::Compared::no},
    {"device_buffer_frames", &Settings::device_buffer_frames, Setting::Compared::no},
    {"completion", &Settings::completion, Setting::Compared::other},
    {"wake", &Settings::wake, Setting::Compared::other},
    {"done", &Settings::done, Setting::Compared::other},
    {"priority", &Settings::priority, Setting::Compared::same}};

struct Machine {
  std::string system;     // "Linux 6.1.0-13-amd64"
  std::string processor;  // "AMD EPYC", empty if it does not say
  unsigned cores = 0;
};

/// What every report begins with.
struct Run {
  std::string version;
  std::string began;  // "2026-11-20 15:04:05 UTC"
  double seconds = 0;
  bool is_interrupted = false;
  Machine machine;
};

struct Measurement : Run {
  /// The verdict of `refwave watch` on another program's blocks, which the driver itself counts. Empty: no
  /// such measurement.
  std::string conclusion;
  Settings settings;
  /// The measured driver first, the bare wake last.
  std::vector<Series> subjects;
  std::optional<Pieces> pieces;
  std::optional<REFWAVE_STATISTICS> counters;  // refwave's own
  double others_percent = 0;                   // of all processors, that other programs used meanwhile
  std::uint64_t lost_events = 0;               // of the driver's trace: some blocks are not counted

  const Series& driver() const { return subjects.front(); }
  const Series& bare() const { return subjects.back(); }
  bool is_from_outside() const { return driver().outside.has_value(); }
};

/// A machine is busy if other programs use so much of its processors.
inline constexpr double kBusyPercent = 20;

/// The columns of every table.
struct Column {
  const char* title;  // "p99.9"
  const char* key;    // "p999_ns"
  double share;       // 1: the maximum
};
inline constexpr std::array<Column, 5> kColumns = {{{"p50", "p50_ns", 0.5},
                                                    {"p90", "p90_ns", 0.9},
                                                    {"p99", "p99_ns", 0.99},
                                                    {"p99.9", "p999_ns", 0.999},
                                                    {"max", "max_ns", 1}}};

/// Returns: the percentile; a dash if there are too few samples.
std::string percentile_text(const Histogram& histogram, const Column& column);

/// The driver in comparison with the machine, or with the other driver.
struct Ratio {
  std::string name;  // "ratio from wake"
  Histogram above, below;

  double at(double share) const;
};
/// The ratio to a bare wake begins at the wake, where the driver needs one.
Ratio ratio_of(const Measurement& measurement);

/// Returns: the setting's value; empty if it is not known.
std::string text_of(const Settings& settings, const Setting& setting);

/// Returns: remarks that a reader should know, one sentence a line: a busy machine, blocks without a stamp, a
/// device that was lost.
std::vector<std::string> remarks(const Measurement& measurement);

/// Returns: "p50 24.1 µs, p99 38.0 µs, max 52.1 µs", while something is measured.
std::string so_far(const Histogram& histogram);

/// Returns: what the latencies of this measurement are, in a sentence.
std::string meaning(const Measurement& measurement);

}  // namespace refwave::measure
