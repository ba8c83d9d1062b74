// `refwave tune`: finds the shortest period and latency that this machine holds, and writes them into
// refwave.toml.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <thread>

#include "bench/tune/tune.h"
#include "driver/configuration/configuration.h"
#include "driver/configuration/configuration_write.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::tune {
namespace {

// Each is about twice as long as the one before. Below two periods of latency some devices take several at
// once.
constexpr Step kSteps[] = {{32, 2},   {64, 3},   {128, 6},  {240, 10},
                           {480, 20}, {480, 40}, {960, 80}, {1'920, 160}};

constexpr unsigned kConfirms = 3;  // times as long as a step: what is recommended

struct TuneOptions {
  cli::DriverOptions driver;
  double seconds = 5;
  bool load = false;
  bool write = false;
  std::string json;  // file, "-" for standard output; empty: none
};

/// Effects: plays the steps, the doubtful ones again, and what is recommended for longer; if that is late,
/// the next longer step. After Ctrl-C nothing is recommended.
void play_all(Tuning& tuning) {
  Work work = tuning.work;
  cli::Progress progress("tuning", static_cast<double>(std::size(kSteps) + kConfirms) * work.seconds,
                         cli::Total::guessed);
  double before = 0;
  const auto play_one = [&](std::size_t number) {
    const Step& step = kSteps[number];
    Played played = play(work, step, [&](double seconds) {
      progress.show(before + seconds,
                    [&] { return cli::formatted("period %u, latency %u ms", step.period, step.latency_ms); });
    });
    before += played.seconds;
    return played;
  };
  std::vector<Played>& all = tuning.steps;
  const auto play_again = [&](std::size_t number) {
    Played again = play_one(number);
    again.attempts = all[number].attempts + 1;
    if (!cli::is_interrupted()) all[number] = std::move(again);
  };
  for (std::size_t i = 0; i < std::size(kSteps) && !cli::is_interrupted(); ++i)
    if (Played played = play_one(i); !cli::is_interrupted()) all.push_back(std::move(played));
  for (std::size_t i = 0; i < all.size() && !cli::is_interrupted(); ++i)
    if (is_doubtful(all, i)) play_again(i);
  tuning.best = recommended(all);
  // Not of what was asked for: a device may need longer steps.
  for (const Played& played : all) work.seconds = std::max(work.seconds, kConfirms * played.seconds);
  while (tuning.best && !cli::is_interrupted()) {
    play_again(*tuning.best);
    if (all[*tuning.best].held()) break;
    tuning.best = *tuning.best + 1 < all.size() ? std::optional(*tuning.best + 1) : std::nullopt;
  }
  if (cli::is_interrupted()) tuning.best.reset();
}

/// Effects: enters the step into the user's refwave.toml. Throws: Failure.
void write(const configuration::ConfigurationFile& file, const Step& step, configuration::Saving saving) {
  const configuration::Configuration before = configuration::load_file(file).configuration;
  configuration::Configuration after = before;
  after.period = step.period;
  after.latency_ms = step.latency_ms;
  const hal::Status saved = configuration::save_changes(file, before, after, saving);
  if (!saved.ok()) throw cli::Failure("nothing was written; " + saved.reason());
}

/// Effects: tries to enter two steps, of which at least one differs from the file. Throws: Failure.
void try_to_write(const configuration::ConfigurationFile& file) {
  for (const Step& step : {kSteps[0], kSteps[1]}) write(file, step, configuration::Saving::trial);
}

Tuning tuned(const TuneOptions& options) {
  Tuning tuning{.work = {options.driver, options.seconds,
                         options.load ? std::max(std::thread::hardware_concurrency(), 1U) : 0},
                .began = cli::utc_now()};
  cli::watch_for_interruption();
  play_all(tuning);
  tuning.is_interrupted = cli::is_interrupted();
  return tuning;
}

int tune(const TuneOptions& options) {
  cli::setup_of(options.driver);  // refuses a wrong setting before a file is read
  const configuration::ConfigurationFile file = configuration::configuration_file();
  if (options.write) try_to_write(file);
  for (const std::string& warning : configuration::load_file(file).warnings)
    cli::print_error("warning: " + warning);
  cli::OutputFile json(options.json);
  const Tuning tuning = tuned(options);
  if (!tuning.steps.empty() && std::ranges::none_of(tuning.steps, &Played::has_opened))
    throw cli::Failure(tuning.steps.back().failure +
                       (options.driver.device.empty() ? "; `-d clocked` tunes the built-in device" : ""));
  const std::size_t columns = cli::terminal_columns();
  if (!json.is_standard_output()) std::fputs(as_text(tuning, columns).c_str(), stdout);
  if (json.is_wanted()) json.write(as_json(tuning));
  if (tuning.is_interrupted) return cli::kInterrupted;
  if (!tuning.best)
    throw cli::Failure(
        "no step held with a margin, so nothing is recommended; see what `refwave doctor` says, end what "
        "keeps this machine busy, and tune again");
  if (!options.write) return 0;
  write(file, tuning.steps[*tuning.best].step, configuration::Saving::real);
  if (!json.is_standard_output())
    std::fputs(cli::wrapped("wrote both into " + cli::visible(file.path) +
                                "; programs that have refwave open use them when they open it again",
                            columns)
                   .c_str(),
               stdout);
  return 0;
}

}  // namespace
}  // namespace refwave::tune

namespace refwave::cli {

void add_tune(CommandLine& line) {
  const auto options = std::make_shared<tune::TuneOptions>();
  const Subcommand command = line.add("tune", "Find the shortest period and latency that this machine holds");
  add_driver_options(command, options->driver);
  add_device_option(command, options->driver);
  command.option("-s,--seconds", options->seconds, "Length of a step in seconds")
      .finite(0.1, 3600)
      .shows_default();
  command.flag("-l,--load", options->load, "Keep every core busy with an ordinary thread");
  command.flag("--write", options->write, "Write the recommended period and latency_ms into refwave.toml");
  command.json_file(options->json);
  command.runs([=] { return tune::tune(*options); });
}

}  // namespace refwave::cli
