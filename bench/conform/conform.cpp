// `refwave conform`: checks a wave driver against the contract.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "bench/conform/client/client.h"
#include "bench/conform/explain/explain.h"
#include "bench/conform/jobs/jobs.h"
#include "bench/conform/report.h"
#include "driver/configuration/configuration.h"
#include "driver/winmm/refwave.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::conform {
namespace {

struct ConformOptions {
  std::string driver;  // path; empty: refwave.drv beside the command
  std::string parameters;
  bool parameters_given = false;
  std::vector<std::string> rules;  // ids, groups and patterns; none: all
  std::uint32_t at_once = 8;       // rules that run at the same time: they wait more than they compute
  std::uint32_t patience_s = 4;    // how long a rule waits for anything
  bool thorough = false;
  bool list = false;
  bool json = false;
  bool all = false;     // prints the rules that are kept, too
  std::string explain;  // a rule to be explained; empty: none
  std::string junit;    // file, "-" for standard output; empty: none
  bool markdown = false;
  bool in_process = false;
};

constexpr const char* kOwnParameters = "device=clocked; clock=20";

/// Returns: how long a whole rule may take. A rule naps for 1 ms, and its parent counts naps of 10 ms: a
/// machine that wakes threads late lengthens the rule's waits more. At 8 ms both are equal.
std::chrono::seconds hung_after() { return patience * 5; }

Target target_of(const ConformOptions& options) {
  Target target{.file = options.driver, .parameters = options.parameters};
  if (target.file.empty()) target.file = cli::path_text(cli::command_folder() / "refwave.drv");
  if (!std::filesystem::is_regular_file(cli::to_path(target.file)))
    throw cli::Failure(target.file + ": no such driver; name the file of a wave driver");
  target.file = cli::path_text(std::filesystem::absolute(cli::to_path(target.file)));
  if (!options.parameters_given) target.parameters = kOwnParameters;
  // A driver that is not refwave does not know these parameters, and plays in real time.
  target.speed = configuration::parse_open_string(target.parameters).configuration.clock;
  if (target.speed <= 0) throw cli::Failure("clock=0: the rules need a clock that runs", cli::kUsage);
  return target;
}

/// Runs in a process of its own, as the rules do. It ends as broken if the file is no wave driver, and as not
/// applicable if the driver is not refwave.
void be_refwave(Subject& subject) {
  require(
      subject.is_wave_driver(),
      "exports neither wodMessage nor widMessage, so it is no wave driver; in C++ both need extern \"C\"");
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  statistics.dwSlotsInUse = ~DWORD{0};
  subject.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics));
  if (statistics.dwSlotsInUse == ~DWORD{0}) not_applicable("another driver");
}

constexpr const char* kBeRefwave = "be_refwave";  // a job, but no rule

/// Returns: the code of a job's process: it plays the client of one rule, or runs be_refwave.
Work work_on(const Target& target) {
  return [target](const std::string& name) {
    const std::vector<Rule> rules = all_rules();
    const auto rule = std::ranges::find(rules, name, &Rule::id);
    Subject subject(target);
    rule == rules.end() ? be_refwave(subject) : rule->test(subject);
    report_kept();  // next the driver is unloaded
  };
}

/// Returns: whether the driver is refwave. Throws: Failure if it does not load, or is no wave driver.
bool is_refwave(const Target& target) {
  Finding found;
  run_jobs({{kBeRefwave, true}}, work_on(target), 1, hung_after(),
           [&](std::size_t, Finding finding) { found = std::move(finding); });
  if (found.outcome == Outcome::broken) throw cli::Failure(target.file + ": " + found.seen);
  return found.outcome == Outcome::kept;
}

/// Returns: the finding for this driver. Another driver cannot break a rule that is refwave's own choice.
Finding held_against(const Rule& rule, Finding finding, bool refwave) {
  if (finding.outcome != Outcome::broken || refwave || !rule.is(kOurs)) return finding;
  return {Outcome::not_applicable, "refwave does otherwise, and it is a choice; here " + finding.seen};
}

/// Prints the findings in the rules' order, each as soon as all findings before it are known.
std::vector<Finding> run(const ConformOptions& options, const Target& target,
                         const std::vector<Rule>& rules) {
  const bool refwave = is_refwave(target);
  const bool is_report = options.json || options.junit == "-";
  const auto begun = std::chrono::steady_clock::now();
  cli::Progress progress("rules", 0);
  std::vector<Finding> findings(rules.size());
  std::vector<bool> known(rules.size());
  std::size_t next = 0;
  const auto add = [&](std::size_t number, Finding finding) {
    findings[number] = std::move(finding);
    known[number] = true;
    for (; next < rules.size() && known[next]; ++next) {
      if (is_report || (!options.all && findings[next].outcome != Outcome::broken)) continue;
      progress.wipe();
      std::fputs(text_line(rules[next], findings[next], cli::terminal_columns()).c_str(), stdout);
      std::fflush(stdout);
    }
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
    progress.show(passed.count(),
                  [&] { return std::to_string(next) + " of " + std::to_string(rules.size()); });
  };
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].is(kThorough) && !options.thorough) {
      add(i, {Outcome::not_applicable, "it takes seconds: --thorough"});
    } else {
      order.push_back(i);
    }
  }
  // The rules that must run alone come last.
  std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return !rules[i].is(kAlone); });
  std::vector<Job> jobs;
  jobs.reserve(order.size());
  for (const std::size_t i : order) jobs.push_back({std::string(rules[i].id), rules[i].is(kAlone)});
  run_jobs(jobs, work_on(target), options.at_once, hung_after(), [&](std::size_t job, Finding finding) {
    const std::size_t i = order[job];
    add(i, held_against(rules[i], std::move(finding), refwave));
  });
  return findings;
}

int list(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules)
    std::fputs(beside(rule.id, rule.sentence, cli::terminal_columns(), 35).c_str(), stdout);
  return 0;
}

int explain(const std::string& pattern) {
  const char* separator = "";
  for (const Rule& rule : chosen_rules({pattern})) {
    std::fputs((separator + explanation(rule, cli::terminal_columns())).c_str(), stdout);
    separator = "\n";
  }
  return 0;
}

/// Returns: how much a broken rule says about the mistake. A crash says most, unless a thread outlives the
/// driver and may crash in any rule. Where something hung, threads that do not end say little. A crash while
/// the driver was unloaded says least, unless the rule is about that.
int weight_of(const Rule& rule, Ending ending, bool any_hung, bool thread_outlives) {
  if (ending == Ending::late && rule.message() != "Process") return 0;
  if (ending == Ending::crashed && !thread_outlives) return 3;
  return any_hung && ending != Ending::hung && rule.message().starts_with("DRV_") ? 1 : 2;
}

/// Prints the counts, and which broken rule to fix first: of those that say most, the first usual mistake.
void print_end(const std::vector<Rule>& rules, const std::vector<Finding>& findings) {
  const std::size_t columns = cli::terminal_columns();
  const auto say = [&](const std::string& text) { std::fputs(cli::wrapped(text, columns).c_str(), stdout); };
  say(summary(findings));
  const bool any_hung = std::ranges::find(findings, Ending::hung, &Finding::ending) != findings.end();
  bool thread_outlives = false;
  for (std::size_t i = 0; i < rules.size() && !any_hung; ++i)
    thread_outlives |= rules[i].id == "DRV_DISABLE.ends_threads" && findings[i].outcome == Outcome::broken;
  int most = 0;
  std::vector<Rule> broken;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (findings[i].outcome != Outcome::broken) continue;
    const int weight = weight_of(rules[i], findings[i].ending, any_hung, thread_outlives);
    if (weight > most) broken.clear();
    most = std::max(most, weight);
    if (weight == most) broken.push_back(rules[i]);
  }
  if (broken.empty()) return;
  const Rule first = first_to_fix(broken);
  const auto at = std::ranges::find(rules, first.id, &Rule::id) - rules.begin();
  const Finding& finding = findings[static_cast<std::size_t>(at)];
  const auto is_like_it = [&](const Rule& rule) {
    return finding.ending == Ending::crashed || &usual_mistake_of(rule) == &usual_mistake_of(first);
  };
  const auto like_it = static_cast<std::size_t>(std::ranges::count_if(broken, is_like_it));
  say(cli::visible(fix_first(first, finding, like_it - 1)));
  say("see `refwave conform --explain " + std::string(first.id) + "`");
}

int conform_driver(const ConformOptions& options) {
  if (!options.explain.empty()) return explain(options.explain);
  const std::vector<Rule> rules = chosen_rules(options.rules);
  if (options.list) return list(rules);
  if (options.markdown) {
    std::fputs(as_markdown().c_str(), stdout);
    return 0;
  }
  cli::use_no_configuration_file();
  patience = std::chrono::seconds(options.patience_s);
  const Target target = target_of(options);
  run_job_of_this_process(work_on(target));  // a job's own process ends here
  if (options.in_process) {
    if (rules.size() != 1) throw cli::Failure("--in-process runs one rule; name it with --rule", cli::kUsage);
    run_here(work_on(target), std::string(rules[0].id));
  }
  cli::OutputFile junit(options.junit);  // opened first: a wrong name fails before any rule runs
  const std::vector<Finding> findings = run(options, target, rules);
  if (junit.is_wanted()) junit.write(as_junit(target.file, rules, findings));
  if (options.json) {
    std::fputs(as_json(target.file, rules, findings).c_str(), stdout);
  } else if (!junit.is_standard_output()) {
    print_end(rules, findings);
  }
  return count(findings, Outcome::broken) == 0 ? 0 : cli::kFailed;
}

}  // namespace
}  // namespace refwave::conform

namespace refwave::cli {

void add_conform(CommandLine& line) {
  const auto options = std::make_shared<conform::ConformOptions>();
  const Subcommand command = line.add("conform", "Check a wave driver against the contract");
  command.option("DRIVER", options->driver, "Wave driver; without it the refwave.drv beside this command")
      .file();
  const Argument parameters = command.option("-P,--parameters", options->parameters,
                                             "Its DRV_OPEN string (device=clocked; clock=20)");
  command
      .option("-r,--rule", options->rules,
              "Rule to run, by its id, group (reset) or pattern (WODM_*); may be repeated")
      .value("RULE")
      .repeats();
  command.option("-j,--jobs", options->at_once, "Rules that run at the same time")
      .range(1, 64)
      .shows_default();
  command.option("--patience", options->patience_s, "Seconds that a rule waits for anything")
      .range(1, 1000)
      .shows_default();
  command.flag("-a,--all", options->all, "Print the rules that are kept, too");
  command.option("-e,--explain", options->explain, "Print a rule's page, its reason, and the usual mistake")
      .value("RULE");
  command.option("--junit", options->junit, "File for the findings as JUnit's XML").file();
  command.flag("-t,--thorough", options->thorough, "Run the rules that take seconds each, too");
  const Argument list = command.flag("-l,--list", options->list, "Print the rules and run none");
  command.flag("--json", options->json, "Print JSON").excludes({list});
  command.flag("--in-process", options->in_process,
               "Run the one rule in this process, for gdb, WinDbg, valgrind or a sanitizer");
  command.flag("--markdown", options->markdown, "Print the contract in Markdown: driver/winmm/MESSAGES.md");
  command.runs([options, parameters] {
    options->parameters_given = parameters.is_given();
    return conform::conform_driver(*options);
  });
}

}  // namespace refwave::cli
