#include "tests/memory_model/mutation.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/memory_model/checker/explore.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

constexpr std::uint64_t kSeed = 1'000'000;
constexpr std::uint64_t kToCollect = 600;
constexpr std::uint64_t kShort = 1'000;
/// Where an order that no scenario reaches needs its reason. In inf/cli, inf/host and bench none is on
/// an audio thread.
constexpr std::array kRooms{"driver/control", "driver/core",  "driver/engine", "driver/event_log",
                            "driver/notify",  "driver/winmm", "dsp",           "hal"};
constexpr double kLongest = 300;  // seconds for one scenario with one weakened order
constexpr int kNotFound = 0;      // a process's status; otherwise the number of the scenario, from 1

/// A statement of the driver: file and number of its first line.
using Statement = std::pair<std::string, std::size_t>;

/// One operation in the source: the compiler may have made several of it.
struct Operations {
  Site site;
  Statement statement;
  std::vector<Address> callers;
  std::set<std::pair<bool, std::size_t>> scenarios;  // those that reach it: whether it is long, its number
};

struct Mutant {
  const Operations* operations = nullptr;
  Order order = Order::relaxed;
  Order failure = Order::relaxed;
  std::string change;
  pid_t process = 0;
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

// --- the sources ---

/// Returns: the lines of a file of the driver, without indentation and remarks behind code.
const std::vector<std::string>& lines_of(const std::string& file) {
  static std::map<std::string, std::vector<std::string>> read;
  const auto [found, is_new] = read.try_emplace(file);
  if (!is_new) return found->second;
  std::ifstream text(std::string(REFWAVE_ROOT) + "/" + file);
  for (std::string line; std::getline(text, line);) {
    line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
    line.erase(std::min(line.find("  //"), line.size()));
    found->second.push_back(std::move(line));
  }
  return found->second;
}

bool is_comment(const std::string& line) { return line.starts_with("//"); }

/// Returns: whether a statement may end so.
bool ends_a_statement(const std::string& line) {
  return line.empty() || line.ends_with(';') || line.ends_with('{') || line.ends_with('}') ||
         line.ends_with(':');
}

/// `number`: of any line of the statement, from 1.
Statement statement_of(const std::string& file, std::size_t number) {
  const std::vector<std::string>& lines = lines_of(file);
  const auto begins_here = [&](std::size_t line) {
    return line < 2 || line > lines.size() || is_comment(lines[line - 2]) ||
           ends_a_statement(lines[line - 2]);
  };
  while (!begins_here(number)) --number;
  return {file, number};
}

/// Returns: whether the comment above a statement has a reason why its order stays.
bool is_kept(const Statement& statement) {
  const std::vector<std::string>& lines = lines_of(statement.first);
  for (std::size_t above = statement.second - 1; above > 0 && is_comment(lines[above - 1]); --above) {
    if (lines[above - 1].find("Kept: ") != std::string::npos) return true;
  }
  return false;
}

/// `source`: file and line.
bool is_wanted(const std::string& source, const std::vector<std::string>& only) {
  if (!source.starts_with("driver/") && !source.starts_with("hal/") && !source.starts_with("dsp/"))
    return false;
  return only.empty() || std::ranges::any_of(only, [&](const std::string& name) {
           return source.find(name) != std::string::npos;
         });
}

// --- the operations ---

/// A scenario with filters to design takes longer: it comes last, and a tenth as often.
bool is_long(const Scenario& scenario) { return std::string_view(scenario.name).starts_with("speed"); }

std::string try_out(const Scenario& scenario, std::uint64_t executions) {
  return explore(scenario, kSeed, is_long(scenario) ? executions / 10 : executions, kLongest).failure;
}

/// Returns: the atomic operations that the scenarios reach.
std::vector<Operations> find_operations(const std::vector<std::string>& only) {
  std::map<std::tuple<Statement, Doing, Order, Order>, Operations> found;
  for (std::size_t number = 0; number < scenarios().size(); ++number) {
    collect_sites(true);
    try_out(scenarios()[number], kToCollect);
    collect_sites(false);
    for (const Site& site : take_sites()) {
      if (!is_wanted(site.source, only)) continue;
      const std::size_t colon = site.source.rfind(':');
      const Statement statement =
          statement_of(site.source.substr(0, colon), std::strtoull(&site.source[colon + 1], nullptr, 10));
      Operations& one = found[{statement, site.doing, site.order, site.failure}];
      one.site = site;
      one.statement = statement;
      one.callers.push_back(site.caller);
      one.scenarios.emplace(is_long(scenarios()[number]), number);
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
    const std::string before = name_of(site.order);
    for (const Order order : weaker(site.doing, site.order))
      mutants.push_back({&operations, order, site.failure, before + " → " + name_of(order)});
    if (site.doing != Doing::compare_exchange) continue;
    for (const Order failure : weaker(Doing::load, site.failure))
      mutants.push_back({&operations, site.order, failure,
                         std::string("failing: ") + name_of(site.failure) + " → " + name_of(failure)});
  }
  return mutants;
}

/// Effects: prints each statement with an order that no scenario reaches. Returns: how many have no reason.
std::size_t print_unreached(const std::vector<Operations>& all) {
  static const std::regex order("memory_order_(acquire|release|acq_rel)");
  std::set<Statement> reached;
  for (const Operations& operations : all) reached.insert(operations.statement);
  std::set<Statement> left;
  const std::filesystem::path root = REFWAVE_ROOT;
  for (const char* room : kRooms) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / room)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      const std::string file = entry.path().lexically_relative(root).string();
      for (std::size_t number = 1; number <= lines_of(file).size(); ++number) {
        const Statement statement = statement_of(file, number);
        if (std::regex_search(lines_of(file)[number - 1], order) && !reached.contains(statement))
          left.insert(statement);
      }
    }
  }
  for (const Statement& statement : left)
    std::printf("| `%s:%zu` | | | %s |\n", statement.first.c_str(), statement.second,
                is_kept(statement) ? "not reached, and kept with a reason" : "**no scenario reaches it**");
  return static_cast<std::size_t>(std::ranges::count_if(left, std::not_fn(is_kept)));
}

// --- the hunt ---

/// Returns: the scenario that fails with the weakened order, or kNotFound. An order that has its reason gets
/// only a short look.
int hunt(const Mutant& mutant, std::uint64_t executions) {
  weaken({.callers = mutant.operations->callers, .order = mutant.order, .failure = mutant.failure});
  // First a short look with all scenarios, which finds most orders.
  for (const std::uint64_t part : {kShort, is_kept(mutant.operations->statement) ? 0 : executions}) {
    for (const auto& [is_long, number] : mutant.operations->scenarios) {
      if (!try_out(scenarios()[number], part).empty()) return static_cast<int>(number) + 1;
    }
  }
  return kNotFound;
}

/// In a process of its own: a weakened order may break anything.
void start(Mutant& mutant, std::uint64_t executions) {
  std::fflush(stdout);
  mutant.process = fork();
  if (mutant.process == 0) _exit(hunt(mutant, executions));
}

/// Effects: waits for the hunt, and prints its row. Returns: whether a scenario fails, or the program.
bool is_found(const Mutant& mutant) {
  int status = 0;
  waitpid(mutant.process, &status, 0);
  const Operations& operations = *mutant.operations;
  const bool found = status != 0;
  std::string verdict = "a crash";
  if (!found) verdict = is_kept(operations.statement) ? "kept with a reason" : "**not found**";
  if (found && WIFEXITED(status))
    verdict = scenarios()[static_cast<std::size_t>(WEXITSTATUS(status)) - 1].name;
  std::printf("| `%s` | %s | %s | %s |\n", operations.site.source.c_str(), name_of(operations.site.doing),
              mutant.change.c_str(), verdict.c_str());
  return found;
}

}  // namespace

int mutate(const std::vector<std::string>& only, std::uint64_t executions, std::size_t jobs) {
  const std::vector<Operations> operations = find_operations(only);
  std::vector<Mutant> mutants = mutants_of(operations);
  std::printf("| source | operation | weakened | found by |\n| --- | --- | --- | --- |\n");
  std::size_t found = 0;
  std::size_t kept = 0;
  std::size_t started = 0;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    for (; started < std::min(i + jobs, mutants.size()); ++started) start(mutants[started], executions);
    if (is_found(mutants[i])) {
      ++found;
    } else if (is_kept(mutants[i].operations->statement)) {
      ++kept;
    }
  }
  const std::size_t silent = only.empty() ? print_unreached(operations) : 0;
  std::printf("\n%zu operations, %zu weakened orders: %zu found, %zu kept with a reason, %zu not found.\n",
              operations.size(), mutants.size(), found, kept, mutants.size() - found - kept);
  return !mutants.empty() && found + kept == mutants.size() && silent == 0 ? 0 : 1;
}

}  // namespace refwave::memory_model
