// What `refwave tune` plays, what was heard late meanwhile, and what it makes of that. Main thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inf/cli/wave_client/driver_session.h"

namespace refwave::tune {

/// What the driver is asked for.
struct Step {
  std::uint32_t period = 0;  // frames
  std::uint32_t latency_ms = 0;
};

/// The device as it was opened.
struct Opened {
  std::string device{};  // with its quotes
  std::uint32_t rate = 0;
  std::uint32_t period_frames = 0;
  std::uint32_t latency_frames = 0;
};

/// What was heard late, by its key in JSON: xruns that the device reported, late periods, and blocks that
/// were written too late.
inline constexpr std::pair<const char*, ULONGLONG REFWAVE_STATISTICS::*> kLate[] = {
    {"xruns", &REFWAVE_STATISTICS::ullXruns},
    {"late_periods", &REFWAVE_STATISTICS::ullLatePeriods},
    {"late_blocks", &REFWAVE_STATISTICS::ullUnderruns}};

struct Played {
  Step step{};
  std::string failure{};  // why the device did not open, or no longer played; else empty
  Opened opened{};
  double seconds = 0;  // how long it played
  int attempts = 1;
  std::array<std::uint64_t, std::size(kLate)> late{};
  double gaps_ms = 0;       // by which the sound fell behind the clock, or which the device dropped
  double core_percent = 0;  // of this process, without the load

  bool has_opened() const { return opened.rate != 0; }
  bool held() const {
    return failure.empty() && gaps_ms == 0 && std::ranges::count(late, 0U) == std::ssize(late);
  }
};

struct Work {
  cli::DriverOptions driver;
  double seconds = 5;  // a step; more on a device that needs it
  unsigned load = 0;   // busy threads
};

/// Effects: plays for so long, or until Ctrl-C. Calls `show` with the seconds so far. Throws: Failure, if the
/// driver is not usable.
Played play(const Work& work, const Step& step, const std::function<void(double)>& show);

/// Returns: whether the step may have been late by chance: it was late, and a shorter one held.
bool is_doubtful(const std::vector<Played>& steps, std::size_t step);

/// Returns: the index of the shortest step that held as all longer ones did and, for a margin, the next
/// shorter one; nothing if there is none. `steps`: from short to long.
std::optional<std::size_t> recommended(const std::vector<Played>& steps);

struct Tuning {
  Work work;
  std::string began{};
  std::vector<Played> steps{};
  bool is_interrupted = false;
  std::optional<std::size_t> best{};  // the recommended step
};
/// Returns: the table for a terminal of so many columns.
std::string as_text(const Tuning& tuning, std::size_t columns);
std::string as_json(const Tuning& tuning);

}  // namespace refwave::tune
