#include "tests/memory_model/mutation.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tests/memory_model/checker/explore.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

constexpr std::uint64_t kSeed = 1'000'000;
constexpr std::uint64_t kToCollect = 600;
constexpr double kLongest = 60;  // seconds for one scenario with one weakened order

/// One operation in the source: the compiler may have made several of it.
struct Operations {
  Site site;
  std::vector<Address> callers;
  std::vector<const Scenario*> scenarios;  // those that reach it
};

struct Mutant {
  const Operations* operations = nullptr;
  Order order = Order::relaxed;
  Order failure = Order::relaxed;
  std::string change;
  std::string found_by;
  bool settled = false;  // found, or kept with a reason
};

std::vector<Order> weaker(Doing doing, Order order) {
  const bool reads = doing != Doing::store;
  const bool writes = doing != Doing::load;
  if (order == Order::seq_cst && reads && writes) return {Order::acq_rel};
  if (order == Order::seq_cst) return {reads ? Order::acquire : Order::release};
  if (order == Order::acq_rel) return {Order::acquire, Order::release};
  if (order == Order::relaxed) return {};
  return {Order::relaxed};
}

bool is_wanted(const Scenario& scenario, const MutationOptions& options) {
  return std::string_view(scenario.name).starts_with(options.with);
}

/// A scenario of whole streams takes longer, and finds less about the parts below.
bool is_long(const Scenario& scenario) { return std::string_view(scenario.name).starts_with("streams_"); }

/// A scenario of one part is tried first.
bool is_small(const Scenario& scenario) {
  const std::string_view name = scenario.name;
  return !is_long(scenario) && !name.starts_with("opening_") && !name.starts_with("closing_");
}

std::uint64_t share_of(const Scenario& scenario, std::uint64_t executions) {
  return is_long(scenario) ? executions / 10 : executions;
}

/// Returns: the driver's atomic operations and locks that the scenarios reach.
std::vector<Operations> find_operations(const MutationOptions& options) {
  std::map<std::tuple<std::string, Doing, Order, Order>, Operations> found;
  for (const Scenario& scenario : scenarios()) {
    if (!is_wanted(scenario, options)) continue;
    collect_sites(true);
    explore(scenario, kSeed, share_of(scenario, kToCollect), kLongest);
    collect_sites(false);
    for (const Site& site : take_sites()) {
      if (!site.source.starts_with("driver/") || site.source.find(options.only) == std::string::npos)
        continue;
      Operations& one = found[{site.source, site.doing, site.order, site.failure}];
      one.site = site;
      if (std::find(one.callers.begin(), one.callers.end(), site.caller) == one.callers.end())
        one.callers.push_back(site.caller);
      if (one.scenarios.empty() || one.scenarios.back() != &scenario) one.scenarios.push_back(&scenario);
    }
  }
  std::vector<Operations> all;
  for (auto& [key, operations] : found) {
    std::stable_partition(operations.scenarios.begin(), operations.scenarios.end(),
                          [](const Scenario* scenario) { return is_small(*scenario); });
    all.push_back(std::move(operations));
  }
  return all;
}

std::vector<Mutant> mutants_of(const std::vector<Operations>& all) {
  std::vector<Mutant> mutants;
  for (const Operations& operations : all) {
    const Site& site = operations.site;
    if (site.doing == Doing::lock) {
      mutants.push_back({&operations, site.order, site.failure, "not taken", "", false});
      continue;
    }
    const std::string before = name_of(site.order);
    for (const Order order : weaker(site.doing, site.order))
      mutants.push_back({&operations, order, site.failure, before + " → " + name_of(order), "", false});
    if (site.doing != Doing::compare_exchange) continue;
    for (const Order failure : weaker(Doing::load, site.failure))
      mutants.push_back({&operations, site.order, failure,
                         std::string("failing: ") + name_of(site.failure) + " → " + name_of(failure), "",
                         false});
  }
  return mutants;
}

/// Returns: the lines of the source up to that one, of the tree that was compiled.
std::vector<std::string> lines_until(const std::string& source) {
  const std::size_t colon = source.rfind(':');
  const auto wanted = static_cast<std::size_t>(std::atoi(source.c_str() + colon + 1));
  std::ifstream file(std::string(REFWAVE_ROOT) + "/" + source.substr(0, colon));
  std::vector<std::string> lines;
  for (std::string line; lines.size() < wanted && std::getline(file, line);)
    lines.push_back(line.substr(std::min(line.find_first_not_of(' '), line.size())));
  return lines;
}

bool is_comment(const std::string& line) { return line.starts_with("//"); }

/// Returns: whether a statement may end so, and the next one begin on the next line.
bool ends_a_statement(const std::string& line) {
  return line.empty() || line.ends_with(';') || line.ends_with('{') || line.ends_with('}') ||
         line.ends_with(':');
}

/// Returns: the reason in the comment above a statement, after "Kept: "; or an empty text.
std::string reason_to_keep(const std::string& source) {
  std::vector<std::string> lines = lines_until(source);
  if (lines.empty()) return {};
  lines.pop_back();
  while (!lines.empty() && !is_comment(lines.back()) && !ends_a_statement(lines.back())) lines.pop_back();
  std::string text;
  for (; !lines.empty() && is_comment(lines.back()); lines.pop_back())
    text = lines.back().substr(lines.back().find_first_not_of('/')) + text;
  const std::size_t at = text.find("Kept: ");
  return at == std::string::npos ? std::string() : text.substr(at + 6);
}

/// Returns: the name of the scenario that fails with the weakened order, or an empty text. An order that has
/// its reason gets only a short look. Runs in a process of its own: a weakened order may break anything.
std::string hunt(const Mutant& mutant, std::uint64_t executions) {
  weaken({.callers = mutant.operations->callers, .order = mutant.order, .failure = mutant.failure});
  // First a short look with all scenarios, because most orders are found at once.
  const bool is_kept = !reason_to_keep(mutant.operations->site.source).empty();
  for (const std::uint64_t part : {std::uint64_t{1'000}, is_kept ? 0 : executions}) {
    for (const Scenario* scenario : mutant.operations->scenarios) {
      if (!explore(*scenario, kSeed, share_of(*scenario, part), kLongest).failure.empty())
        return scenario->name;
    }
  }
  return {};
}

struct Job {
  pid_t process = 0;
  int answer = -1;
  std::size_t mutant = 0;
};

Job start(const std::vector<Mutant>& mutants, std::size_t number, std::uint64_t executions) {
  int ends[2] = {-1, -1};
  if (pipe(ends) != 0) std::abort();
  std::fflush(stdout);
  const pid_t process = fork();
  if (process == 0) {
    const std::string found_by = hunt(mutants[number], executions);
    const ssize_t written = write(ends[1], found_by.data(), found_by.size());
    _exit(written == static_cast<ssize_t>(found_by.size()) ? 0 : 1);
  }
  close(ends[1]);
  return {process, ends[0], number};
}

/// Returns: whether the row needs no more attention.
bool print_row(const Mutant& mutant) {
  const Site& site = mutant.operations->site;
  std::string verdict = "`" + mutant.found_by + "`";
  bool settled = !mutant.found_by.empty();
  if (!settled) {
    const std::string reason = reason_to_keep(site.source);
    settled = !reason.empty();
    verdict = settled ? "kept: " + reason : "**not found**";
  }
  std::printf("| `%s` | %s | %s | %s |\n", site.source.c_str(), name_of(site.doing), mutant.change.c_str(),
              verdict.c_str());
  std::fflush(stdout);
  return settled;
}

/// Effects: waits for the job, and prints its row.
void finish(const Job& job, std::vector<Mutant>& mutants) {
  char text[128];
  const ssize_t size = read(job.answer, text, sizeof text);
  close(job.answer);
  int status = 0;
  waitpid(job.process, &status, 0);
  std::string& found_by = mutants[job.mutant].found_by;
  if (size > 0) found_by.assign(text, static_cast<std::size_t>(size));
  if (found_by.empty() && status != 0) found_by = "a crash";
  mutants[job.mutant].settled = print_row(mutants[job.mutant]);
}

/// `jobs` processes at a time; each is waited for in its turn.
void hunt_all(std::vector<Mutant>& mutants, const MutationOptions& options) {
  std::vector<Job> running;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    running.push_back(start(mutants, i, options.executions));
    if (running.size() < options.jobs) continue;
    finish(running.front(), mutants);
    running.erase(running.begin());
  }
  for (const Job& job : running) finish(job, mutants);
}

/// Returns: whether every scenario holds while nothing is weakened, with the executions that are run later.
bool all_hold(const MutationOptions& options) {
  for (const Scenario& scenario : scenarios()) {
    if (!is_wanted(scenario, options)) continue;
    const Outcome outcome = explore(scenario, kSeed, share_of(scenario, options.executions), kLongest);
    if (outcome.failure.empty()) continue;
    std::printf("%s fails with nothing weakened: memory_model explain %s %llu\n", scenario.name,
                scenario.name, static_cast<unsigned long long>(outcome.seed));
    return false;
  }
  return true;
}

}  // namespace

int mutate(const MutationOptions& options) {
  if (!all_hold(options)) return 1;
  const std::vector<Operations> operations = find_operations(options);
  std::vector<Mutant> mutants = mutants_of(operations);
  std::printf("| source | operation | weakened | found by |\n| --- | --- | --- | --- |\n");
  hunt_all(mutants, options);
  std::size_t found = 0;
  std::size_t settled = 0;
  for (const Mutant& mutant : mutants) {
    if (!mutant.found_by.empty()) ++found;
    if (mutant.settled) ++settled;
  }
  std::printf("\n%zu operations, %zu weakened orders: %zu found, %zu kept with a reason, %zu not found.\n",
              operations.size(), mutants.size(), found, settled - found, mutants.size() - settled);
  return settled == mutants.size() ? 0 : 1;
}

}  // namespace refwave::memory_model
