// `refwave loopback`: plays a marked signal through the driver and its devices, finds it in a recording, and
// prints the figures as a table or as JSON.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "bench/loopback/analysis.h"
#include "bench/loopback/pieces.h"
#include "bench/loopback/report.h"
#include "bench/measure/client.h"
#include "bench/measure/surroundings.h"
#include "driver/configuration/configuration.h"
#include "dsp/format.h"
#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/wave_in.h"

namespace refwave::loopback {
namespace {

struct LoopbackOptions {
  cli::DriverOptions driver;
  std::string capture_device;  // empty: the device that plays
  double seconds = 5;
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  measure::Load load;
  std::string json;  // file, "-" for standard output; empty: none
};

// The output must be refilled in time even if the input reports nothing, so the wait is short. It is long
// enough to cost nothing.
constexpr std::int64_t kWaitMicroseconds = 1'000;

/// Plays the signal on one stream without a pause, and records on another stream. Main thread.
class Loop {
 public:
  /// Effects: opens the input, and then the output. Throws: Failure, which names the device.
  Loop(cli::DriverSession& session, const LoopbackOptions& options)
      : format_{dsp::SampleType::s16, options.channels, options.rate, 0},
        in_(format_, options.load.buffers, options.load.block_frames),
        out_(format_, options.load) {
    recording_.rate = options.rate;
    recording_.block_frames = options.load.block_frames;
    out_.fill = [this](cli::Block& block, std::uint64_t number) {
      std::byte* to = block.memory.data();
      for (std::uint32_t i = 0; i < recording_.block_frames; ++i) {
        const std::int16_t sample = noise(number * recording_.block_frames + i);
        for (std::uint16_t c = 0; c < format_.channels; ++c, to += sizeof sample)
          std::memcpy(to, &sample, sizeof sample);
      }
    };
    const std::string& device = options.driver.device;
    const std::string& capture_device = options.capture_device.empty() ? device : options.capture_device;
    if (const MMRESULT result = in_.open(); result != MMSYSERR_NOERROR)
      throw cli::Failure("recording: " + cli::open_failure(session, result, capture_device, 1));
    if (const MMRESULT result = out_.open(); result != MMSYSERR_NOERROR)
      throw cli::Failure("playing: " + cli::open_failure(session, result, device, 0));
    out_.suit_device();
    buffers_ = std::max(static_cast<std::uint32_t>(in_.suit_device()), out_.buffers());
  }

  /// Returns: the most blocks of either direction: more than in the options if a device takes or gives more
  /// at a time.
  std::uint32_t buffers() const { return buffers_; }
  /// Effects: plays and records for `seconds`, or until Ctrl-C. Throws: Failure.
  Recording run(double seconds) {
    cli::Progress progress("measuring the loop", seconds);
    recording_.samples.reserve(static_cast<std::size_t>((seconds + 1) * format_.rate));
    const std::int64_t began_ns = hal::monotonic_now_ns();
    in_.start();
    while (recording_.seconds < seconds && !cli::is_interrupted()) {
      const measure::Client::Turn turn = out_.refill();
      for (const measure::Stamp& stamp : turn.back) recording_.done_ns.push_back(stamp.entered_ns);
      for (const measure::Stamp& stamp : turn.written) recording_.written_ns.push_back(stamp.entered_ns);
      out_.wait(0);
      record_on(kWaitMicroseconds);
      recording_.seconds = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
      progress.show(recording_.seconds, [] { return std::string(); });
      if (watchdog_.is_stalled(recording_.recorded_ns.size()))
        throw cli::Failure("the device has recorded nothing for five seconds; try another --capture-device");
    }
    return std::move(recording_);
  }

  /// Returns: the driver's statistics of a stream; nothing if the driver is not refwave.
  std::optional<REFWAVE_STATISTICS> input_statistics() const { return in_.statistics(); }
  std::optional<REFWAVE_STATISTICS> output_statistics() const { return out_.statistics(); }

 private:
  /// Effects: keeps the first channel of the blocks that are full, and gives these blocks to the driver
  /// again.
  void record_on(std::int64_t timeout_us) {
    const std::size_t frame_bytes = format_.bytes_per_frame();
    for (cli::Block* block = in_.wait(timeout_us); block != nullptr; block = in_.wait(0)) {
      recording_.recorded_ns.push_back(block->returned_ns);
      for (std::size_t at = 0; at + frame_bytes <= block->header.dwBytesRecorded; at += frame_bytes) {
        std::int16_t sample = 0;
        std::memcpy(&sample, block->memory.data() + at, sizeof sample);
        recording_.samples.push_back(sample);
      }
      in_.recycle();
    }
  }

  dsp::Format format_;
  std::uint32_t buffers_ = 0;
  cli::WaveIn in_;
  measure::Client out_;
  cli::Watchdog watchdog_;  // of the input
  Recording recording_;
};

/// Returns: the options, with the capture device as the last setting, so that it replaces an earlier one.
cli::DriverOptions driver_options(const LoopbackOptions& options) {
  cli::DriverOptions driver = options.driver;
  if (options.capture_device.empty()) return driver;
  driver.settings.push_back(cli::setting("input", options.capture_device));
  driver.settings.emplace_back("fallback=none");
  return driver;
}

/// Returns: the device's name in quotes, of another driver its own for its first device; `unnamed`, if that
/// does not say. Effects: takes its period into `m`.
template <typename Caps, typename Ask>
std::string note_device(const std::optional<REFWAVE_STATISTICS>& statistics, Ask ask, const char* unnamed,
                        Measurement& m) {
  if (statistics && statistics->dwRate == m.rate) m.period_frames = statistics->dwPeriodFrames;
  Caps caps{};
  const bool has_name = !statistics && ask(0, &caps, sizeof caps) == MMSYSERR_NOERROR;
  return "\"" + std::string(statistics ? statistics->szDevice : has_name ? caps.szPname : unnamed) + "\"";
}

/// Returns: why the signal is not in the recording, and how to fix it. `loops`: the key `loop` is set, so
/// the clocked device records what it plays.
std::string no_signal(const std::vector<std::int16_t>& samples, const Measurement& m, bool loops) {
  if (samples.empty())
    return cli::formatted(
        "no block of %u frames was recorded in %.1f seconds; measure for longer with --seconds, "
        "or shorter blocks with --block",
        m.block_frames, m.seconds);
  int peak = 0;
  for (const std::int16_t sample : samples) peak = std::max(peak, std::abs(int{sample}));
  const std::string heard = peak == 0 ? "the recording is silent"
                                      : "the recording, with a peak of " +
                                            cli::level_text(static_cast<float>(peak) / 32'768) +
                                            ", is something else, or too full of gaps";
  const std::string connect = "connect " + m.device + " to " + m.capture_device + " (" + cli::loop_hint() +
                              "), turn both "
                              "volumes up, or name others with --device and --capture-device";
  const bool is_clock = m.device == "\"clocked\"" && m.capture_device == m.device;
  return cli::formatted("the signal did not come back in %.1f seconds: ", m.seconds) + heard + "; " +
         (!is_clock ? connect
          : loops   ? "give it more --buffers or longer blocks with --block"
                    : "the clocked device hears itself with --option loop=true");
}

Recording measure(const LoopbackOptions& options, const cli::DriverOptions& driver,
                  const cli::DriverSetup& setup, Measurement& m) {
  cli::DriverSession session(driver, setup);
  Loop loop(session, options);
  m.buffers = loop.buffers();
  Recording recording = loop.run(options.seconds);
  m.input = loop.input_statistics();
  m.output = loop.output_statistics();
  m.capture_device = note_device<WAVEINCAPSA>(m.input, waveInGetDevCapsA, "the input", m);
  m.device = note_device<WAVEOUTCAPSA>(m.output, waveOutGetDevCapsA, "the output", m);
  return recording;
}

int measure_loopback(LoopbackOptions options) {
  const cli::DriverOptions driver = driver_options(options);
  const cli::DriverSetup setup = cli::setup_of(driver);
  if (options.load.block_frames == 0) options.load.block_frames = setup.configuration.period_at(options.rate);
  cli::OutputFile json(options.json);
  cli::watch_for_interruption();
  Measurement m;
  static_cast<measure::Run&>(m) = measure::begin_run();
  m.rate = options.rate;
  m.channels = options.channels;
  m.block_frames = options.load.block_frames;
  const Recording recording = measure(options, driver, setup, m);
  m.seconds = recording.seconds;
  m.is_interrupted = cli::is_interrupted();
  if (m.losses() != 0)
    throw cli::Failure(
        "the device was lost during the measurement; see that it is there (`refwave devices`), and "
        "measure again");
  const std::optional<Result> result = analyse(recording);
  if (!result)
    throw cli::Failure(no_signal(recording.samples, m, setup.configuration.loop),
                       m.is_interrupted ? cli::kInterrupted : cli::kFailed);
  m.result = *result;
  if (!json.is_standard_output()) measure::print(as_text(m, cli::terminal_columns()));
  if (json.is_wanted()) json.write(as_json(m));
  return m.is_interrupted ? cli::kInterrupted : 0;
}

}  // namespace
}  // namespace refwave::loopback

namespace refwave::cli {

void add_loopback(CommandLine& line) {
  const auto options = std::make_shared<loopback::LoopbackOptions>();
  const Subcommand command =
      line.add("loopback", "Measure the round trip: out of the device, back into it, and to the program");
  add_device_options(command, options->driver);
  command["--device"].about("Device to play to, by its name in `refwave devices` or a unique part of it");
  command.option("--capture-device", options->capture_device, "Device to record from; without it the same")
      .value("DEVICE");
  command.option("-P,--parameters", options->driver.parameters, "DRV_OPEN string of the --driver")
      .needs("--driver");
  add_block_options(command, options->load.buffers, options->load.block_frames);
  command.option("-r,--rate", options->rate, "Rate in Hz").range(8000, 192000).shows_default();
  command.option("-C,--channels", options->channels, "Channels, each with the same signal")
      .range(1, 8)
      .shows_default();
  command.option("-s,--seconds", options->seconds, "Length in seconds").finite(0.5, 600).shows_default();
  command.json_file(options->json);
  command.runs([=] { return loopback::measure_loopback(*options); });
}

}  // namespace refwave::cli
