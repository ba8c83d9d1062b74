// `refwave latency`: silence on some streams, and how long the driver took to say that each block was done,
// beside a bare semaphore's wake in the same seconds.
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "driver/cli/bare_wake.h"
#include "driver/cli/commands.h"
#include "driver/cli/driver_session.h"
#include "driver/cli/failure.h"
#include "driver/cli/interruption.h"
#include "driver/cli/latency_report.h"
#include "driver/cli/progress.h"
#include "driver/cli/text.h"
#include "driver/cli/wave_out.h"

namespace refwave::cli {
namespace {

constexpr dsp::Format kFormat{dsp::SampleType::s16, 2, 48'000, 0};

/// p50, p99, p99.9 and the maximum, in ns.
using Latencies = std::array<std::uint64_t, 4>;

/// Streams of silence, kept full until it is enough.
class Silence {
 public:
  Silence(DriverSession& session, const LatencyOptions& options, std::size_t block_frames) {
    for (std::uint32_t i = 0; i < options.streams; ++i) {
      auto wave = std::make_unique<WaveOut>(kFormat, options.buffers, block_frames, done_);
      const MMRESULT result = wave->open();
      if (result != MMSYSERR_NOERROR) throw Failure(open_failure(session, result, options.driver.device, 0));
      waves_.push_back(std::move(wave));
    }
  }

  void play_for(double seconds) {
    Progress progress("measuring", seconds);
    const auto start = std::chrono::steady_clock::now();
    for (double elapsed = 0; elapsed < seconds && !is_interrupted();) {
      refill();
      done_.wait(kWaitMicroseconds);
      elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      progress.show(elapsed, 0);
      if (watchdog_.is_stalled(waves_.front()->position())) {
        throw Failure("the device has taken no audio for five seconds; try another --device");
      }
    }
  }

 private:
  void refill() {
    for (const auto& wave : waves_) {
      while (wave->queue().has_block()) wave->write(wave->queue().next().memory.size());
    }
  }

  BlockQueue::Semaphore done_{0, 0};
  std::vector<std::unique_ptr<WaveOut>> waves_;
  Watchdog watchdog_;
};

struct Result {
  REFWAVE_STATISTICS driver;
  Latencies driver_ns;
  Latencies bare_ns;
  std::size_t bare_wakes;
};

Result measure(DriverSession& session, const LatencyOptions& options, std::size_t block_frames) {
  Silence silence(session, options, block_frames);
  BareWake bare(std::chrono::nanoseconds(std::chrono::seconds(1)) * block_frames / kFormat.rate);
  silence.play_for(options.seconds);
  const std::optional<REFWAVE_STATISTICS> s = session.statistics();
  const std::vector<std::uint64_t> wakes = bare.finish();
  if (!s) throw Failure("the driver gives no statistics; `refwave latency` needs refwave.drv");
  return {*s,
          {s->ullLatencyP50Ns, s->ullLatencyP99Ns, s->ullLatencyP999Ns, s->ullLatencyMaxNs},
          {percentile(wakes, 0.5), percentile(wakes, 0.99), percentile(wakes, 0.999), percentile(wakes, 1)},
          wakes.size()};
}

void print_row(const char* name, const Latencies& latencies) {
  std::printf("%-16s", name);
  for (const std::uint64_t ns : latencies) std::fputs(microseconds_text(ns, 12).c_str(), stdout);
}

void print_table(const Result& result, const LatencyOptions& options, std::size_t block_frames) {
  const REFWAVE_STATISTICS& s = result.driver;
  std::printf("buffer done, %u stream%s of %zu-frame blocks, periods of %u frames at %u Hz, on %s\n",
              options.streams, options.streams == 1 ? "" : "s", block_frames,
              static_cast<unsigned>(s.dwPeriodFrames), static_cast<unsigned>(s.dwRate),
              device_text(s).c_str());
  std::printf("%-16s%12s%12s%12s%12s\n", "", "p50", "p99", "p99.9", "max");
  print_row("refwave", result.driver_ns);
  std::printf("  of %llu blocks\n", s.ullBlocks);
  print_row("bare semaphore", result.bare_ns);
  std::printf("  of %zu wakes\n%-16s", result.bare_wakes, "ratio");
  for (std::size_t i = 0; i < result.bare_ns.size(); ++i) {
    const double bare = static_cast<double>(std::max<std::uint64_t>(result.bare_ns[i], 1));
    std::printf("%12.2f", static_cast<double>(result.driver_ns[i]) / bare);
  }
  std::printf(
      "\n%llu wakes, %llu underruns, %llu of %llu periods late, %llu xruns, %llu schedules begun anew\n",
      s.ullWakes, s.ullUnderruns, s.ullLatePeriods, s.ullPeriods, s.ullXruns, s.ullReanchors);
}

std::string json_latencies(const Latencies& ns) {
  return formatted("\"p50_ns\": %llu, \"p99_ns\": %llu, \"p999_ns\": %llu, \"max_ns\": %llu",
                   static_cast<unsigned long long>(ns[0]), static_cast<unsigned long long>(ns[1]),
                   static_cast<unsigned long long>(ns[2]), static_cast<unsigned long long>(ns[3]));
}

void print_json(const Result& result, const LatencyOptions& options, std::size_t block_frames) {
  const REFWAVE_STATISTICS& s = result.driver;
  std::printf(
      "{\n  \"device\": %s, \"streams\": %u, \"block_frames\": %zu, \"period_frames\": %u, \"rate\": %u,\n",
      json_string(s.szDevice).c_str(), options.streams, block_frames, static_cast<unsigned>(s.dwPeriodFrames),
      static_cast<unsigned>(s.dwRate));
  std::printf(
      "  \"refwave\": {%s, \"blocks\": %llu, \"wakes\": %llu, \"underruns\": %llu, \"periods\": %llu, "
      "\"late_periods\": %llu, \"xruns\": %llu, \"reanchors\": %llu},\n",
      json_latencies(result.driver_ns).c_str(), s.ullBlocks, s.ullWakes, s.ullUnderruns, s.ullPeriods,
      s.ullLatePeriods, s.ullXruns, s.ullReanchors);
  std::printf("  \"bare_semaphore\": {%s, \"wakes\": %zu}\n}\n", json_latencies(result.bare_ns).c_str(),
              result.bare_wakes);
}

}  // namespace

int latency(const LatencyOptions& options) {
  const std::size_t block_frames =
      options.block_frames != 0 ? options.block_frames : configuration(options.driver).period;
  DriverSession session(options.driver);
  watch_for_interruption();
  const Result result = measure(session, options, block_frames);
  options.json ? print_json(result, options, block_frames) : print_table(result, options, block_frames);
  return is_interrupted() ? kInterrupted : 0;
}

}  // namespace refwave::cli
