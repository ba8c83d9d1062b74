// `refwave watch`: the streams of every program of this user, as a table that is redrawn, or once; or those
// of a program that it starts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "bench/measure/bare_wake.h"
#include "bench/measure/comparison.h"
#include "bench/measure/surroundings.h"
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

struct WatchOptions {
  bool once = false;
  std::uint32_t process = 0;  // 0: all
  std::string json, html, compare;
  double tolerance_percent = 10;
  std::vector<std::string> program;
};

/// Returns: why no stream is shown, and how a program gets refwave.
std::string no_stream(const WatchOptions& options) {
  const std::string problem = why_no_record();
  const std::string none = options.process != 0 ? cli::formatted("process %u has no", options.process)
                                                : "no program of this user has a";
  return none + " stream open on refwave" + (problem.empty() ? "" : " (" + problem + ")") + "; " +
         cli::use_hint();
}

/// Returns: why a program that plays has no stream on refwave: what was seen, or else what to look for.
std::string no_stream_of(const std::vector<std::string>& program) {
  const auto keeps_none = [](const std::string& driver) {
    return driver +
           " keeps no record, only refwave.drv does; `refwave latency --driver FILE` measures any driver";
  };
  for (const std::string& word : program)
    if (word.ends_with(".drv") && !word.ends_with("refwave.drv")) return keeps_none(word);
  if (const auto other = cli::other_driver())
    return keeps_none(other->origin + " names " + other->file + ", which");
  return program_hint();
}

/// Effects: reads the records.
void look(const WatchOptions& options, std::vector<Followed>& processes) {
  const bool has_program = !options.program.empty();
  std::vector<Process> found = watching::processes();
  std::erase_if(found, [&](const Process& process) {
    if (has_program) return !is_of_program(process.number);
    return options.process != 0 && process.number != options.process;
  });
  const std::int64_t now_ns = hal::monotonic_now_ns();
  follow(processes, found, now_ns, has_program ? Gone::keep : Gone::forget);
  if (!has_program) return;
  std::vector<Process> last;
  for (const Followed& one : processes)
    if (one.may_click && one.seen_at != now_ns && one.now.read)
      last.push_back(read_record(one.now.number, one.now.read));
  std::erase_if(last, [](const Process& process) { return !process.problem.empty(); });
  follow(processes, last, now_ns, Gone::keep);
  // A process that was killed has no later clicks, though its last record shows streams.
  for (Followed& one : processes) one.may_click = one.may_click && is_of_program(one.now.number);
}

/// Returns: those with a stream, or with a record that cannot be read.
std::vector<Followed> worth_showing(std::vector<Followed> processes) {
  std::erase_if(processes, [](const Followed& process) {
    return process.now.problem.empty() && process.now.streams.empty();
  });
  return processes;
}

/// Throws: cli::Failure, if there is no stream.
int print_once(const WatchOptions& options) {
  cli::OutputFile json(options.json);
  std::vector<Followed> processes;
  look(options, processes);
  hal::nap(std::chrono::seconds(1));
  look(options, processes);
  processes = worth_showing(std::move(processes));
  if (json.is_wanted())
    json.write(cli::json_lines(
        {{"schema", 1}, {"version", configuration::version()}, {"processes", json_of(processes)}}));
  if (processes.empty()) throw cli::Failure(no_stream(options));
  if (!json.is_wanted()) measure::print(table(processes, cli::terminal_columns()));
  return 0;
}

/// Effects: replaces the table on the screen, as far as there is room. The terminal's state does not change.
void draw(const WatchOptions& options, const std::vector<Followed>& processes) {
  const std::size_t columns = cli::terminal_columns(stdout, 20);
  std::string text =
      cli::wrapped("refwave watch (q ends): programs " + std::to_string(processes.size()), columns) +
      (processes.empty() ? cli::wrapped(no_stream(options), columns) : table(processes, columns));
  std::size_t room = std::max<std::size_t>(cli::screen_lines(), 2) - 1;
  std::string frame = "\033[H\033[?7l";
  for (std::size_t end = 0; room != 0 && (end = text.find('\n')) != std::string::npos; --room) {
    frame += "\033[K" + text.substr(0, end + 1);
    text.erase(0, end + 1);
  }
  measure::print(frame + "\033[?7h\033[J");
}

int show(const WatchOptions& options) {
  constexpr std::chrono::milliseconds kNap{20};
  constexpr int kNapsPerReading = 25;
  std::vector<Followed> processes;
  cli::watch_for_interruption();
  moodycamel::LightweightSemaphore pressed;
  cli::Keys keys(cli::StandardInput::keys, pressed);
  measure::print("\033[2J");
  for (int naps = 0; !keys.has_quit() && !cli::is_interrupted(); ++naps) {
    if (naps % kNapsPerReading == 0) {
      look(options, processes);
      draw(options, worth_showing(processes));
    }
    keys.next();
    hal::nap(kNap);
  }
  return cli::is_interrupted() ? cli::kInterrupted : 0;
}

/// Effects: writes the report, or prints why it cannot be written, so that the program's status is kept.
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
  constexpr std::chrono::milliseconds kBetweenReadings{100};  // records are written at most as often
  constexpr std::chrono::milliseconds kBareWake{10};
  cli::OutputFile json(options.json);
  cli::OutputFile html(options.html);
  std::optional<measure::Baselined> baseline;
  if (!options.compare.empty()) baseline = measure::read_file(options.compare);
  measure::Measurement m;
  static_cast<measure::Run&>(m) = measure::begin_run();
  m.subjects = {measure::Series(""), measure::Series("bare wake")};
  measure::Series& bare = m.subjects[1];

  start_program(options.program);
  const std::int64_t began_ns = hal::monotonic_now_ns();
  measure::BareWake wakes(kBareWake, measure::BareWake::Phase::spread);
  std::vector<Followed> processes;
  std::optional<int> status;
  while (!(status = program_end(kBetweenReadings))) {
    look(options, processes);
    wakes.take(bare, began_ns);
  }
  look(options, processes);
  wakes.finish();
  wakes.take(bare, began_ns);
  m.seconds = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;

  settle(processes, hal::monotonic_now_ns());
  std::erase_if(processes, [](const Followed& process) { return process.now.streams.empty(); });
  if (processes.empty()) {
    const std::string problem = why_no_record();
    cli::print_error(options.program.front() + ": no stream was seen on refwave" +
                     (problem.empty() ? "" : " (" + problem + ")") + "; " + no_stream_of(options.program));
    write(json, cli::json_lines({{"schema", 1},
                                 {"version", configuration::version()},
                                 {"status", *status},
                                 {"conclusion", "no stream was seen"},
                                 {"processes", cli::Json::array()}}));
    return *status == 0 && baseline ? cli::kFailed : *status;
  }
  add(m, processes);
  const std::size_t columns = cli::terminal_columns();
  std::string text = as_text(m, columns) + '\n' + table(processes, columns);
  for (const Followed& process : processes) text += click_lines(process);
  measure::print(text, stderr);
  cli::Json report = measure::report_of(m);
  report["status"] = *status;
  report["conclusion"] = m.conclusion;
  report["processes"] = json_of(processes);
  const std::string report_text = cli::json_lines(report);
  write(json, report_text);
  if (html.is_wanted()) write(html, as_page(m));
  if (*status != 0 || !baseline) return *status;
  return judge(measure::compare(*baseline, measure::read_report(options.program.front(), report_text),
                                options.tolerance_percent / 100),
               stderr);
}

int run(const WatchOptions& options) {
  if (!options.program.empty()) {
    if (options.once || options.process != 0)
      throw cli::Failure("--once and --pid are about programs that run already; leave them out", cli::kUsage);
    measure::check_files_differ(options.json, options.html);
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
      line.add("watch", "Show the streams of other programs, and what makes them click");
  command.program(
      options->program,
      "Start this program, with the arguments after it, and report on its streams at its end; write "
      "-- before it");
  command.flag("-1,--once", options->once, "Print the table once; so does a pipe or a file");
  command.option("-p,--pid", options->process, "Only the process with this number").value("N");
  command.json_file(options->json);
  command.option("--html", options->html, "File for the PROGRAM's page, as of `latency`").file();
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
