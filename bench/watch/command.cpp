// `refwave watch`: the streams of every program of this user, as a table that lives, or once; or those of a
// program that it starts, and what became of them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

#include "bench/latency/bare_wake.h"
#include "bench/latency/compare/gate.h"
#include "bench/latency/plots/plots.h"
#include "bench/latency/surroundings.h"
#include "bench/watch/watch.h"
#include "driver/configuration/version.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/keys/keys.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::watching {
namespace {

constexpr const char* kKeys =
    "q ends, arrows choose a stream, Enter shows it in full and goes back, r begins all figures anew (here "
    "alone), ? shows or hides this";

struct WatchOptions {
  bool once = false;
  std::uint32_t process = 0;  // 0: all
  std::string json, html, compare;
  double tolerance_percent = 10;
  std::vector<std::string> program;
};

/// Returns: why there is nobody, and how a program gets refwave.
std::string nobody(const WatchOptions& options) {
  if (options.process != 0)
    return "process " + std::to_string(options.process) + " has no stream open on refwave; " +
           cli::use_hint();
  std::string problem;
  watching::processes(problem);
  return "no program of this user has a stream open on refwave" +
         (problem.empty() ? "" : " (" + problem + ")") + "; " + cli::use_hint();
}

/// Effects: follows whoever has a record. Returns: the longest latency that is new.
std::uint64_t look(const WatchOptions& options, std::vector<Followed>& processes) {
  const bool has_program = !options.program.empty();
  std::string problem;
  std::vector<Process> found = watching::processes(problem);
  std::erase_if(found, [&](const Process& process) {
    if (has_program) return !is_of_program(process.number);
    return options.process != 0 && process.number != options.process;
  });
  return follow(processes, found, hal::monotonic_now_ns(), has_program ? Gone::keep : Gone::forget);
}

/// Returns: those with a stream, or with a record that cannot be read.
std::vector<Followed> worth_showing(std::vector<Followed> processes) {
  std::erase_if(processes, [](const Followed& process) {
    return process.now.problem.empty() && process.now.streams.empty();
  });
  return processes;
}

void print(const std::string& text, std::FILE* to) {
  std::fputs(latency::output_style().has_unicode ? text.c_str() : cli::plain(text).c_str(), to);
  std::fflush(to);
}

/// Throws: cli::Failure, if there is nobody.
int print_once(const WatchOptions& options) {
  constexpr std::chrono::seconds kFor{1};  // the share of a core is that between two looks at the threads
  cli::OutputFile json(options.json);
  std::vector<Followed> processes;
  look(options, processes);
  hal::nap(kFor);
  look(options, processes);
  processes = worth_showing(std::move(processes));
  if (json.is_wanted())
    json.write(cli::json_lines(
        {{"schema", 1}, {"version", configuration::version()}, {"processes", json_of(processes)}}));
  if (processes.empty()) throw cli::Failure(nobody(options));
  if (!json.is_wanted()) print(table(processes, cli::terminal_columns()), stdout);
  return 0;
}

/// What the keys choose.
struct View {
  std::size_t stream = 0;                            // which of those that are shown
  std::pair<std::uint32_t, std::uint64_t> chosen{};  // its process and its id; 0: those of its place
  bool is_in_full = false;
  bool has_help = false;
};

std::string text_of(const WatchOptions& options, const std::vector<Followed>& processes, View& view) {
  const latency::TerminalStyle style = latency::output_style();
  std::vector<std::pair<const Followed*, const Stream*>> streams;
  for (const Followed& process : processes)
    for (const Stream& stream : process.now.streams) streams.emplace_back(&process, &stream);
  const auto identity = [](const auto& one) { return std::pair(one.first->now.number, one.second->id); };
  const auto found = std::ranges::find(streams, view.chosen, identity);
  if (found != streams.end()) view.stream = static_cast<std::size_t>(found - streams.begin());
  // It is gone.
  else if (view.chosen.first != 0)
    view.is_in_full = false;
  view.stream = std::min(view.stream, std::max<std::size_t>(streams.size(), 1) - 1);
  view.chosen = streams.empty() ? decltype(view.chosen){} : identity(streams[view.stream]);
  std::string text = "refwave watch: programs " + std::to_string(processes.size()) + ", streams " +
                     std::to_string(streams.size()) + "; ? for the keys\n";
  if (view.has_help) text += cli::wrapped(kKeys, style.columns);
  if (processes.empty()) return text + cli::wrapped(nobody(options), style.columns);
  if (!view.is_in_full || streams.empty()) return text + table(processes, style.columns, view.stream);
  const auto [process, stream] = streams[view.stream];
  return text + in_full(*process, *stream, style);
}

/// Effects: writes the text over the one before, and leaves it there: whatever ends the command, the terminal
/// is as it was. Lines that are too long are cut; where there are too many, what is chosen can be seen.
void draw(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t chosen_end = 0;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line); lines.push_back(line))
    if (line.starts_with("> ")) chosen_end = lines.size() + 3;
  const std::size_t room = std::max<std::size_t>(cli::screen_lines(), 2) - 1;
  const std::size_t first = chosen_end > room ? chosen_end - room : 0;
  std::string frame = "\033[H\033[?7l";
  for (std::size_t i = first; i < std::min(lines.size(), first + room); ++i)
    frame += "\033[K" + lines[i] + '\n';
  print(frame + "\033[?7h\033[J", stdout);
}

int show(const WatchOptions& options) {
  constexpr std::chrono::milliseconds kNap{20};
  constexpr int kNapsPerReading = 25;
  std::vector<Followed> processes;
  View view;
  cli::watch_for_interruption();
  cli::Keys keys;
  print("\033[2J", stdout);
  for (int naps = 0; !keys.has_quit() && !cli::is_interrupted(); ++naps) {
    const std::optional<cli::Key> key = keys.next();
    const bool is_due = naps % kNapsPerReading == 0;
    if (key == cli::Key::up || key == cli::Key::down) view.chosen = {};
    if (key == cli::Key::up && view.stream > 0) --view.stream;
    if (key == cli::Key::down) ++view.stream;
    if (key == cli::Key::enter) view.is_in_full = !view.is_in_full;
    if (key == cli::Key::help) view.has_help = !view.has_help;
    if (key == cli::Key::anew) begin_anew(processes);
    if (is_due) look(options, processes);
    if (is_due || key) draw(text_of(options, worth_showing(processes), view));
    hal::nap(kNap);
  }
  return cli::is_interrupted() ? cli::kInterrupted : 0;
}

/// Effects: writes a report. A failure is printed, so that the program's status is kept.
void write(cli::OutputFile& file, const std::string& text) {
  try {
    if (file.is_wanted()) file.write(text);
  } catch (const cli::Failure& failure) {
    cli::print_error(failure.what());
  }
}

/// Effects: starts the program, and prints what became of its streams. Returns: the exit status, the
/// program's own unless that is 0.
int watch_program(const WatchOptions& options) {
  constexpr std::chrono::milliseconds kBetweenReadings{100};  // records are written as often
  constexpr std::chrono::milliseconds kBareWake{10};
  constexpr std::size_t kMostClickLines = 100;
  cli::OutputFile json(options.json);
  cli::OutputFile html(options.html);
  const OwnFolder folder;
  if (!folder.reason().empty()) cli::print_error(folder.reason());
  std::optional<latency::Reported> baseline;
  if (!options.compare.empty()) baseline = {options.compare, latency::read_file(options.compare)};
  latency::Measurement m;
  m.began = cli::utc_now();
  m.version = configuration::version();
  m.machine = latency::this_machine();
  m.subjects = {latency::Subject(""), latency::Subject("bare wake")};
  latency::OverTime& over_time = m.subjects[0].series.over_time;
  latency::Series& bare = m.subjects[1].series;

  start_program(options.program);
  const std::int64_t began_ns = hal::monotonic_now_ns();
  const auto elapsed_ns = [began_ns] { return hal::monotonic_now_ns() - began_ns; };
  latency::BareWake wakes(kBareWake, latency::BareWake::Sleeper::ordinary, latency::BareWake::Phase::spread);
  std::vector<Followed> processes;
  std::optional<int> status;
  while (!(status = program_end(kBetweenReadings))) {
    const std::uint64_t longest_ns = look(options, processes);
    if (longest_ns != 0) over_time.add(elapsed_ns(), longest_ns);
    wakes.take(bare, began_ns);
  }
  wakes.finish();
  wakes.take(bare, began_ns);
  m.seconds = static_cast<double>(elapsed_ns()) / 1e9;

  settle(processes, hal::monotonic_now_ns());
  std::erase_if(processes, [](const Followed& process) { return process.now.streams.empty(); });
  if (processes.empty()) {
    cli::print_error(options.program.front() + ": no stream was seen on refwave; " + cli::use_hint());
    write(json, cli::json_lines({{"schema", 1},
                                 {"version", configuration::version()},
                                 {"status", *status},
                                 {"conclusion", "no stream was seen"},
                                 {"processes", cli::Json::array()}}));
    return *status == 0 && baseline ? cli::kFailed : *status;
  }
  add(m, processes);
  const latency::TerminalStyle style = latency::output_style();
  std::string text = as_text(m, style) + '\n' + table(processes, style.columns);
  for (const Followed& process : processes) text += click_lines(process, kMostClickLines);
  print(text, stderr);
  cli::Json report = latency::report_of(m);
  report["status"] = *status;
  report["conclusion"] = m.conclusion;
  report["processes"] = json_of(processes);
  const std::string report_text = cli::json_lines(report);
  write(json, report_text);
  if (html.is_wanted()) write(html, as_page(m));
  if (*status != 0 || !baseline) return *status;
  return judge(*baseline, {options.program.front(), latency::read_report(report_text)},
               options.tolerance_percent, stderr);
}

int run(const WatchOptions& options) {
  if (!options.program.empty()) {
    if (options.once || options.process != 0)
      throw cli::Failure("--once and --pid are about programs that run already; leave them out", cli::kUsage);
    if (!options.html.empty() && options.html == options.json)
      throw cli::Failure("--json and --html name the same file; name two", cli::kUsage);
    return watch_program(options);
  }
  if (!options.html.empty() || !options.compare.empty())
    throw cli::Failure("--html and --compare are about a program; write it after them and --", cli::kUsage);
  if (options.once || !options.json.empty() || cli::screen_lines() == 0) return print_once(options);
  return show(options);
}

}  // namespace
}  // namespace refwave::watching

namespace refwave::cli {

void add_watch(CommandLine& line) {
  const auto options = std::make_shared<watching::WatchOptions>();
  const Subcommand command =
      line.add("watch", "Show how the streams of other programs fare, and what makes them click");
  command.program(
      options->program,
      "Start this program, with the arguments after it, and report on its streams at its end; write "
      "-- before it");
  command.flag("-1,--once", options->once, "Print the table once; so does a pipe or a file");
  command.option("-p,--pid", options->process, "Only the process with this number").value("N");
  command.json_file(options->json);
  command.option("--html", options->html, "File for the PROGRAM's page with plots, as of `latency`").file();
  command
      .option("--compare", options->compare,
              "A file that --json wrote: the exit status is 1 if the PROGRAM's latencies are worse")
      .file();
  command.option("--tolerance", options->tolerance_percent, "Percent by which they may be worse")
      .needs("--compare")
      .finite(0, 1000)
      .shows_default();
  command.runs([=] { return watching::run(*options); });
}

}  // namespace refwave::cli
