// `refwave conform`: the contract, held against a wave driver.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"
#include "driver/cli/wave_client/driver_loading.h"
#include "driver/configuration/configuration.h"
#include "driver/winmm/refwave.h"
#include "tests/conform/client/client.h"
#include "tests/conform/command.h"
#include "tests/conform/jobs/jobs.h"
#include "tests/conform/report.h"

namespace refwave::conform {
namespace {

constexpr const char* kOwnParameters = "device=clocked; clock=20";

/// Returns: how long a whole rule may take.
std::chrono::seconds hung_after() { return patience * 5 / 2; }

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

/// Runs in a process of its own, as the rules do. Ends as not applicable for a driver that is not refwave.
void be_refwave(Subject& subject) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  statistics.dwSlotsInUse = ~DWORD{0};
  subject.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics));
  if (statistics.dwSlotsInUse == ~DWORD{0}) not_applicable("another driver");
}

constexpr const char* kBeRefwave = "be_refwave";  // a job, but no rule

/// Returns: what plays the client of one rule, or be_refwave, in a process of its own.
Work work_on(const Target& target) {
  return [target](const std::string& name) {
    const std::vector<Rule> rules = all_rules();
    const auto rule = std::ranges::find(rules, name, &Rule::id);
    Subject subject(target);
    rule == rules.end() ? be_refwave(subject) : rule->test(subject);
  };
}

/// Returns: whether the driver is refwave. Throws: Failure if it does not load at all.
bool is_refwave(const Target& target) {
  Finding found;
  run_jobs({{kBeRefwave, true}}, work_on(target), 1, hung_after(),
           [&](std::size_t, Finding finding) { found = std::move(finding); });
  if (found.outcome == Outcome::broken) throw cli::Failure(target.file + ": " + found.seen);
  return found.outcome == Outcome::kept;
}

std::vector<Rule> rules_to_run(const ConformOptions& options) {
  std::vector<Rule> rules = all_rules();
  if (options.rules.empty()) return rules;
  for (const std::string& id : options.rules) {
    if (std::ranges::none_of(rules, [&](const Rule& rule) { return rule.id == id; }))
      throw cli::Failure(id + ": no such rule; `refwave conform --list` prints all", cli::kUsage);
  }
  std::erase_if(rules, [&](const Rule& rule) {
    return std::ranges::find(options.rules, rule.id) == options.rules.end();
  });
  return rules;
}

/// Prints the findings in the rules' order, each as soon as those before it are there.
class Printer {
 public:
  Printer(const std::vector<Rule>& rules, bool quiet)
      : rules_(rules), quiet_(quiet), findings_(rules.size()), known_(rules.size()) {}

  void add(std::size_t rule, Finding finding) {
    findings_[rule] = std::move(finding);
    known_[rule] = true;
    for (; next_ < rules_.size() && known_[next_]; ++next_) {
      if (!quiet_) std::puts(text_line(rules_[next_], findings_[next_]).c_str());
    }
  }
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  const std::vector<Rule>& rules_;
  const bool quiet_;
  std::vector<Finding> findings_;
  std::vector<bool> known_;
  std::size_t next_ = 0;
};

/// What refwave chose is not held against other drivers.
Finding held_against(const Rule& rule, Finding finding, bool refwave) {
  if (finding.outcome != Outcome::broken || refwave || !rule.is(kOurs)) return finding;
  return {Outcome::not_applicable, "refwave does otherwise, and it is a choice; here " + finding.seen};
}

std::vector<Finding> run(const ConformOptions& options, const Target& target,
                         const std::vector<Rule>& rules) {
  const bool refwave = is_refwave(target);
  Printer printer(rules, options.json);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].is(kThorough) && !options.thorough) {
      printer.add(i, {Outcome::not_applicable, "it takes seconds: --thorough"});
    } else {
      order.push_back(i);
    }
  }
  // Those that want to be alone come last.
  std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return !rules[i].is(kAlone); });
  std::vector<Job> jobs;
  jobs.reserve(order.size());
  for (const std::size_t i : order) jobs.push_back({std::string(rules[i].id), rules[i].is(kAlone)});
  run_jobs(jobs, work_on(target), options.at_once, hung_after(), [&](std::size_t job, Finding finding) {
    const std::size_t i = order[job];
    printer.add(i, held_against(rules[i], std::move(finding), refwave));
  });
  return printer.findings();
}

int list(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules)
    std::printf("%-34s %s\n", std::string(rule.id).c_str(), std::string(rule.sentence).c_str());
  return 0;
}

}  // namespace

int conform_driver(const ConformOptions& options) {
  const std::vector<Rule> rules = rules_to_run(options);
  if (options.list) return list(rules);
  if (options.markdown) {
    std::fputs(as_markdown().c_str(), stdout);
    return 0;
  }
  cli::use_no_configuration_file();
  patience = std::chrono::seconds(options.patience_s);
  const Target target = target_of(options);
  const std::vector<Finding> findings = run(options, target, rules);
  if (options.json) {
    std::fputs(as_json(target.file, rules, findings).c_str(), stdout);
  } else {
    std::puts(summary(findings).c_str());
  }
  const bool broken = std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.outcome == Outcome::broken; });
  return broken ? cli::kFailed : 0;
}

}  // namespace refwave::conform
