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
#include "tests/memory_model/kept_orders.h"

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
  return options.with.empty() || options.with == scenario.name;
}

/// A scenario of whole streams takes longer, and finds less about the parts below.
std::uint64_t share_of(const Scenario& scenario, std::uint64_t executions) {
  return std::string_view(scenario.name).starts_with("streams_") ? executions / 10 : executions;
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
  for (auto& [key, operations] : found) all.push_back(std::move(operations));
  return all;
}

std::vector<Mutant> mutants_of(const std::vector<Operations>& all) {
  std::vector<Mutant> mutants;
  for (const Operations& operations : all) {
    const Site& site = operations.site;
    if (site.doing == Doing::lock) {
      mutants.push_back({&operations, site.order, site.failure, "not taken", ""});
      continue;
    }
    const std::string before = name_of(site.order);
    for (const Order order : weaker(site.doing, site.order))
      mutants.push_back({&operations, order, site.failure, before + " → " + name_of(order), ""});
    if (site.doing != Doing::compare_exchange) continue;
    for (const Order failure : weaker(Doing::load, site.failure))
      mutants.push_back({&operations, site.order, failure,
                         std::string("failing: ") + name_of(site.failure) + " → " + name_of(failure), ""});
  }
  return mutants;
}

/// Returns: the name of the scenario that fails with the weakened order, or an empty text. Runs in a process
/// of its own: a weakened order may break anything.
std::string hunt(const Mutant& mutant, std::uint64_t executions) {
  weaken({.callers = mutant.operations->callers, .order = mutant.order, .failure = mutant.failure});
  // First a short look with all scenarios, because most orders are found at once.
  for (const std::uint64_t part : {std::uint64_t{1'000}, executions}) {
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

void finish(const Job& job, std::vector<Mutant>& mutants) {
  char text[128];
  const ssize_t size = read(job.answer, text, sizeof text);
  close(job.answer);
  int status = 0;
  waitpid(job.process, &status, 0);
  std::string& found_by = mutants[job.mutant].found_by;
  if (size > 0) found_by.assign(text, static_cast<std::size_t>(size));
  if (found_by.empty() && status != 0) found_by = "a crash";
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

/// Returns: the line of the source, of the tree that was compiled.
std::string text_of(const std::string& source) {
  const std::size_t colon = source.rfind(':');
  std::ifstream file(std::string(REFWAVE_ROOT) + "/" + source.substr(0, colon));
  std::string line;
  // A statement may end on a later line.
  std::string text;
  const int wanted = std::atoi(source.c_str() + colon + 1);
  for (int number = 1; number < wanted + 3 && std::getline(file, line); ++number) {
    if (number >= wanted) text += line + " ";
  }
  return text;
}

/// Returns: whether the row needs no more attention.
bool print_row(const Mutant& mutant) {
  const Site& site = mutant.operations->site;
  const std::string file = site.source.substr(0, site.source.rfind(':'));
  std::string verdict = "`" + mutant.found_by + "`";
  bool settled = !mutant.found_by.empty();
  if (!settled) {
    const std::string_view reason = reason_to_keep(file, text_of(site.source), mutant.change);
    settled = !reason.empty();
    verdict = settled ? "kept: " + std::string(reason) : "**not found**";
  }
  std::printf("| `%s` | %s | %s | %s |\n", site.source.c_str(), name_of(site.doing), mutant.change.c_str(),
              verdict.c_str());
  return settled;
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
  hunt_all(mutants, options);
  std::size_t found = 0;
  std::size_t unsettled = 0;
  std::printf("| source | operation | weakened | found by |\n| --- | --- | --- | --- |\n");
  for (const Mutant& mutant : mutants) {
    if (!print_row(mutant)) ++unsettled;
    if (!mutant.found_by.empty()) ++found;
  }
  std::printf("\n%zu operations, %zu weakened orders: %zu found, %zu kept with a reason, %zu not found.\n",
              operations.size(), mutants.size(), found, mutants.size() - found - unsettled, unsettled);
  return unsettled == 0 ? 0 : 1;
}

}  // namespace refwave::memory_model
