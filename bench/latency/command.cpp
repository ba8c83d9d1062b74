// `refwave latency`: plays silence on some streams, and measures the time from each finished block to its
// report, beside a bare semaphore's wake-up in the same seconds. Prints a table, JSON or a page. With
// --compare: a gate against regressions, for continuous integration.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "bench/latency/measure.h"
#include "bench/measure/comparison.h"
#include "bench/measure/report.h"
#include "bench/measure/surroundings.h"
#include "driver/configuration/configuration.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::measure {
namespace {

Measurement measure_own(const LatencyOptions& options, const cli::DriverSetup& setup) {
  cli::DriverSession session(options.driver, setup);
  return measure_refwave(session, options);
}

Measurement measure(const LatencyOptions& options, const cli::DriverSetup& setup) {
  const configuration::Configuration& configured = setup.configuration;
  const Load& load = options.load;
  Measurement m = options.driver.driver.empty() ? measure_own(options, setup) : measure_from_outside(options);
  m.settings.streams = load.streams;
  m.settings.buffers = std::max(m.settings.buffers, load.buffers);
  m.settings.block_frames = load.block_frames;
  m.settings.rate = kFormat.rate;
  m.settings.completion = configuration::name_of(configured.completion);
  m.settings.wake = configuration::name_of(configured.wake);
  m.settings.done = configuration::name_of(configured.done);
  m.settings.priority =
      configured.notifier_priority == configuration::Priority::realtime ? "realtime" : "ordinary";
  m.is_interrupted = cli::is_interrupted();
  return m;
}

/// Returns: the share of the processors' time that other programs have used since `before`.
double others_percent(const ProcessorTime& before) {
  const ProcessorTime now = processor_time();
  const double others = now.all - before.all - (now.own - before.own);
  return now.wall > before.wall ? std::clamp(100 * others / (now.wall - before.wall), 0.0, 100.0) : 0;
}

void check(const Measurement& m, const Load& load) {
  if (m.driver().measured.count() != 0) return;
  throw cli::Failure(
      cli::formatted(
          "no block of %u frames was reported in %.1f seconds; measure for longer with --seconds, or shorter "
          "blocks with --block",
          load.block_frames, m.seconds),
      m.is_interrupted ? cli::kInterrupted : cli::kFailed);
}

int measure_latency(LatencyOptions options) {
  const cli::DriverSetup setup = cli::setup_of(options.driver);
  if (options.load.block_frames == 0) options.load.block_frames = setup.configuration.period_at(kFormat.rate);
  check_files_differ(options.json, options.html);
  cli::OutputFile json(options.json);
  cli::OutputFile html(options.html);
  cli::watch_for_interruption();
  const Run run = begin_run();
  const ProcessorTime before = processor_time();
  Measurement m = measure(options, setup);
  m.others_percent = others_percent(before);
  m.version = run.version;
  m.began = run.began;
  m.machine = run.machine;
  check(m, options.load);
  const bool shows_table = !json.is_standard_output() && !html.is_standard_output();
  if (shows_table) print(as_text(m, cli::terminal_columns()));
  if (json.is_wanted()) json.write(as_json(m));
  if (html.is_wanted()) html.write(as_page(m));
  // The table would have this warning.
  if (!shows_table && m.others_percent >= kBusyPercent) cli::print_error("warning: " + remarks(m).front());
  if (m.counters && m.counters->ullDeviceLosses != 0) {
    throw cli::Failure(cli::formatted(
        "the device was lost after %.1f seconds, and all figures are of the time before; see that it is "
        "there (`refwave devices`), and measure again",
        m.seconds));
  }
  return m.is_interrupted ? cli::kInterrupted : 0;
}

struct CompareOptions {
  std::vector<std::string> files;  // two, written by --json
  double tolerance_percent = 10;
};

int compare_files(const CompareOptions& options, const std::string& page) {
  cli::OutputFile html(page);
  const Comparison comparison = compare(read_file(options.files.at(0)), read_file(options.files.at(1)),
                                        options.tolerance_percent / 100);
  if (html.is_wanted()) html.write(as_page(comparison));
  return judge(comparison, stdout);
}

/// --compare refuses the options before it, which are those of a measurement.
void add_compare_options(const cli::Subcommand& command, CompareOptions& options) {
  const std::vector<cli::Argument> others = command.all();
  command
      .option("--compare", options.files,
              "Two files of --json, A and B: say whether B is worse, and measure nothing")
      .takes(2, 2)
      .file()
      .excludes(others);
  command.option("--tolerance", options.tolerance_percent, "Percent by which B may exceed A")
      .needs("--compare")
      .finite(0, 1000)
      .shows_default();
}

}  // namespace
}  // namespace refwave::measure

namespace refwave::cli {

void add_latency(CommandLine& line) {
  const auto options = std::make_shared<measure::LatencyOptions>();
  const auto compared = std::make_shared<measure::CompareOptions>();
  const Subcommand command = line.add("latency", "Measure how long a finished block takes to be reported");
  add_device_options(command, options->driver);
  command["--driver"].about("Another wave driver, measured from outside, beside refwave");
  command.option("-P,--parameters", options->parameters, "DRV_OPEN string of the --driver").needs("--driver");
  add_wake_option(command, options->driver);
  command.option("--done", options->driver.done, "When a block is finished").one_of({"consumed", "played"});
  add_block_options(command, options->load.buffers, options->load.block_frames);
  command.option("-s,--seconds", options->seconds, "Length in seconds; with --driver, of each of the two")
      .finite(0.1, 86400)
      .shows_default();
  command.option("-S,--streams", options->load.streams, "Streams at the same time")
      .range(1, 256)
      .shows_default();
  command.json_file(options->json);
  measure::add_compare_options(command, *compared);
  command.option("--html", options->html, "File for a page with the distribution as a plot").file();
  command.runs([=] {
    if (!compared->files.empty()) return measure::compare_files(*compared, options->html);
    return measure::measure_latency(*options);
  });
}

}  // namespace refwave::cli
