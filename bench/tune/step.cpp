#include <algorithm>
#include <numeric>
#include <thread>

#include "bench/measure/client.h"
#include "bench/measure/surroundings.h"
#include "bench/tune/tune.h"
#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::tune {
namespace {

constexpr std::uint32_t kBlocks = 4;
// A sound server may take a second to start, and may fill seconds ahead.
constexpr double kLeastSeconds = 5;
constexpr double kSettled = 0.2;  // of a step: before, the device is starting, and nothing counts

/// Threads that compute without end, as busy programs do.
class Load {
 public:
  explicit Load(unsigned threads) : seconds_(threads) {
    for (double& seconds : seconds_) {
      threads_.emplace_back([&seconds](const std::stop_token& end) {
        while (!end.stop_requested()) {
        }
        seconds = measure::thread_seconds();
      });
    }
  }
  /// Effects: ends them. Returns: the processor time that they took, in seconds.
  double end() {
    threads_.clear();
    return std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
  }

 private:
  std::vector<double> seconds_;
  std::vector<std::jthread> threads_;  // last, because they write there
};

/// How far the sound falls behind the clock in a whole step. It is the sum of gaps that are too short for the
/// driver's own rule (engine::Pace, which counts late periods): where PulseAudio has no sound it plays
/// silence, and its plugin reports no xrun. Blocks come back unevenly, but never before the device can take
/// the next. So the earliest ones of two fifths of a step are compared, each against the clock.
class Drift {
 public:
  /// `part`: of the step, 0 to 1. `ahead_ms`: the sound that has come back, less the time that has gone by.
  void add(double part, double ahead_ms) {
    if (part >= kSettled && part < 2 * kSettled) first_ms_ = std::max(first_ms_.value_or(ahead_ms), ahead_ms);
    if (part >= 1 - kSettled) last_ms_ = std::max(last_ms_.value_or(ahead_ms), ahead_ms);
  }
  /// Returns: 0 if it is no more than the clocks of device and machine may differ.
  double behind_ms(double seconds) const {
    const double behind_ms = first_ms_ && last_ms_ ? *first_ms_ - *last_ms_ : 0;
    return behind_ms > 1 + kClockTolerance * 1e3 * seconds ? behind_ms : 0;
  }

 private:
  static constexpr double kClockTolerance = 1e-3;
  std::optional<double> first_ms_;
  std::optional<double> last_ms_;
};

/// Effects: plays on the device that is open, and fills in the figures. Throws: Failure, if it is lost.
void measure(measure::Client& client, const Work& work, const std::function<void(double)>& show,
             Played& played) {
  constexpr std::uint32_t kRate = measure::kFormat.rate;
  const Opened& opened = played.opened;
  const std::uint32_t block_frames = std::max(opened.period_frames * kRate / opened.rate, 1U);
  client.set_block_frames(block_frames);
  Load load(work.load);
  const double own_before = measure::processor_time().own;
  const std::int64_t began_ns = hal::monotonic_now_ns();
  bool has_returned = false;
  Drift drift;
  // Until so many seconds after the beginning, and until the first block is back.
  const auto play_until = [&](double seconds) {
    double now = 0;
    while ((now < seconds || !has_returned) && !cli::is_interrupted()) {
      for (const measure::Stamp& stamp : client.refill().back) {
        has_returned = true;
        const double at_ms = static_cast<double>(stamp.entered_ns - began_ns) / 1e6;
        const double frames = (stamp.block + 1.0) * block_frames;
        drift.add(at_ms / 1e3 / played.seconds, 1e3 * frames / kRate - at_ms);
      }
      client.wait();
      now = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
      show(now);
    }
    return now;
  };
  play_until(kSettled * played.seconds);
  const REFWAVE_STATISTICS before = client.own_statistics();
  const double seconds = play_until(played.seconds);
  const REFWAVE_STATISTICS now = client.own_statistics();
  const double of_load = load.end();
  const double own = measure::processor_time().own - own_before - of_load;
  played.core_percent = 100 * std::max(own, 0.0) / seconds;
  for (std::size_t i = 0; i < std::size(kLate); ++i)
    played.late[i] = now.*kLate[i].second - before.*kLate[i].second;
  played.gaps_ms = static_cast<double>(now.ullDroppedNs - before.ullDroppedNs) / 1e6;
  // The clocked device reports itself what is late, and its clock may run at another speed.
  if (!cli::is_on_clock(now)) played.gaps_ms += drift.behind_ms(played.seconds);
}

/// Without a fallback a device that does not open, or is lost, is an error.
cli::DriverOptions options_for(const Work& work, const Step& step) {
  cli::DriverOptions options = work.driver;
  options.settings.push_back("period=" + std::to_string(step.period));
  options.settings.push_back("latency_ms=" + std::to_string(step.latency_ms));
  options.settings.emplace_back("fallback=none");
  return options;
}

}  // namespace

Played play(const Work& work, const Step& step, const std::function<void(double)>& show) {
  Played played{.step = step};
  cli::DriverSession session(options_for(work, step));
  measure::Client client(measure::kFormat, {1, kBlocks, step.period});
  if (const MMRESULT result = client.open(); result != MMSYSERR_NOERROR) {
    played.failure = cli::open_failure(session, result, work.driver.device, 0);
    return played;
  }
  session.take_warnings();  // of the configuration, at each step the same
  const REFWAVE_STATISTICS device = client.own_statistics();
  played.opened = {cli::device_text(device), device.dwRate, device.dwPeriodFrames, device.dwLatencyFrames};
  played.seconds = cli::is_on_clock(device) ? work.seconds : std::max(work.seconds, kLeastSeconds);
  try {
    measure(client, work, show, played);
  } catch (const cli::Failure& failure) {
    played.failure = failure.what();
  }
  return played;
}

}  // namespace refwave::tune
