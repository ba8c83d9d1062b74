// `refwave loopback`: plays a marked signal through the driver and its devices, finds it in a recording, and
// prints the figures as a table or as JSON.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "bench/latency/surroundings.h"
#include "bench/loopback/analysis.h"
#include "bench/loopback/loop_client.h"
#include "bench/loopback/report.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/interruption.h"
#include "driver/cli/console/output_file.h"
#include "driver/cli/console/text.h"
#include "driver/cli/help/command_line.h"
#include "driver/cli/wave_client/driver_arguments.h"
#include "driver/cli/wave_client/driver_session.h"
#include "driver/configuration/configuration.h"
#include "driver/configuration/version.h"

namespace refwave::loopback {
namespace {

struct LoopbackOptions {
  cli::DriverOptions driver;
  std::string capture_device;  // empty: the device that plays
  double seconds = 5;
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string json;                // file, "-" for standard output; empty: none
};

/// Returns: the options, with the capture device as the last setting, so that it replaces an earlier one.
cli::DriverOptions driver_options(const LoopbackOptions& options) {
  cli::DriverOptions driver = options.driver;
  if (options.capture_device.empty()) return driver;
  driver.settings.push_back(cli::setting("input", options.capture_device));
  driver.settings.emplace_back("fallback=none");
  return driver;
}

/// Effects: takes what the driver's statistics say of one direction into `m` and `device`.
void note_device(const std::optional<REFWAVE_STATISTICS>& statistics, std::string name, std::string& device,
                 Measurement& m) {
  device = "\"" + (statistics ? std::string(statistics->szDevice) : std::move(name)) + "\"";
  if (!statistics) return;
  if (statistics->dwRate == m.rate) m.period_frames = statistics->dwPeriodFrames;
  Counters& counters = m.counters ? *m.counters : m.counters.emplace();
  counters.underruns += statistics->ullUnderruns;
  counters.xruns += statistics->ullXruns;
  counters.device_losses += statistics->ullDeviceLosses;
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
  const std::string connect =
      "connect " + m.device + " to " + m.capture_device +
      " (by a cable, by jack_connect, or by recording a sound server's monitor), turn both "
      "volumes up, or name others with --device and --capture-device";
  const bool is_clock = m.device == "\"clocked\"" && m.capture_device == m.device;
  return cli::formatted("the signal did not come back in %.1f seconds: ", m.seconds) + heard + "; " +
         (!is_clock ? connect
          : loops   ? "give it more --buffers or longer blocks with --block"
                    : "the clocked device hears itself with --option loop=true");
}

Recording measure(const LoopbackOptions& options, std::uint32_t block_frames, Measurement& m) {
  const cli::DriverOptions driver = driver_options(options);
  cli::DriverSession session(driver);
  const dsp::Format format{dsp::SampleType::s16, options.channels, options.rate, 0};
  LoopClient client(format, options.buffers, block_frames);
  client.open(session, options.driver.device, options.capture_device);
  m.buffers = client.buffers();
  Recording recording = client.run(options.seconds);
  note_device(client.input_statistics(), client.input_name(), m.capture_device, m);
  note_device(client.output_statistics(), client.output_name(), m.device, m);
  return recording;
}

void check(const Measurement& m) {
  if (m.counters && m.counters->device_losses != 0)
    throw cli::Failure(
        "the device was lost during the measurement; see that it is there (`refwave devices`), and "
        "measure again");
}

int measure_loopback(const LoopbackOptions& options) {
  const configuration::Configuration configured = cli::configuration_with(driver_options(options));
  const std::uint32_t block_frames = options.block_frames != 0 ? options.block_frames : configured.period;
  cli::OutputFile json(options.json);
  cli::watch_for_interruption();
  Measurement m;
  m.version = configuration::version();
  m.began = cli::utc_now();
  m.machine = latency::this_machine();
  m.rate = options.rate;
  m.channels = options.channels;
  m.buffers = options.buffers;
  m.block_frames = block_frames;
  const Recording recording = measure(options, block_frames, m);
  m.seconds = recording.seconds;
  m.is_interrupted = cli::is_interrupted();
  check(m);
  const std::optional<Result> result = analyse(recording);
  if (!result)
    throw cli::Failure(no_signal(recording.samples, m, configured.loop),
                       m.is_interrupted ? cli::kInterrupted : cli::kFailed);
  m.result = *result;
  if (!json.is_standard_output()) std::fputs(as_text(m, latency::output_style().columns).c_str(), stdout);
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
  add_block_options(command, options->buffers, options->block_frames);
  command.option("-r,--rate", options->rate, "Rate in Hz").range(8000, 192000).shows_default();
  command.option("-C,--channels", options->channels, "Channels, each with the same signal")
      .range(1, 8)
      .shows_default();
  command.option("-s,--seconds", options->seconds, "Length in seconds").finite(0.5, 600).shows_default();
  const Argument json = command.json_file(options->json);
  command.runs([=] {
    if (json.is_given() && options->json.empty()) options->json = "-";
    return loopback::measure_loopback(*options);
  });
}

}  // namespace refwave::cli
