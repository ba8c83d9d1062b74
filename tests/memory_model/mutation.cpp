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
#include <optional>
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
constexpr std::array kRooms{"driver/configuration/",
                            "driver/control/",
                            "driver/core/",
                            "driver/engine/",
                            "driver/journal/",
                            "driver/notify/",
                            "driver/winmm/",
                            "dsp/",
                            "hal/"};

/// Sources of the driver that are not in this program, and what is there instead.
struct Absent {
  std::string_view sources;
  std::string_view reason;
};
constexpr std::array kAbsent{
    Absent{"driver/control/driver.cpp", "the scenarios are made of the objects that it makes"},
    Absent{"driver/control/equipment", "the scenarios are made of the objects that it makes"},
    Absent{"driver/journal/log_file.cpp", "a log has no file here"},
    Absent{"hal/capture/", "a stand-in is the device"},
    Absent{"hal/clocked/", "a stand-in is the device"},
    Absent{"hal/portaudio/", "a stand-in is the device"},
    Absent{"hal/system/owned_thread_linux.cpp", "fibers are the threads"},
    Absent{"hal/system/thread_fence_", "the checker has the fence of all threads itself"},
};
constexpr double kLongest = 300;  // seconds for one scenario with one weakened order

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

/// `source`: file and line.
bool is_wanted(const std::string& source, const MutationOptions& options) {
  if (std::none_of(kRooms.begin(), kRooms.end(), [&](auto room) { return source.starts_with(room); }))
    return false;
  return options.only.empty() ||
         std::any_of(options.only.begin(), options.only.end(),
                     [&](std::string_view name) { return source.find(name) != std::string::npos; });
}

/// A scenario of whole streams, or with filters to design, takes longer.
bool is_long(const Scenario& scenario) {
  const std::string_view name = scenario.name;
  return name.starts_with("streams_") || name.starts_with("speed");
}

/// A scenario of one part is tried first.
bool is_small(const Scenario& scenario) {
  const std::string_view name = scenario.name;
  return !is_long(scenario) && !name.starts_with("opening_") && !name.starts_with("closing_");
}

std::uint64_t share_of(const Scenario& scenario, std::uint64_t executions) {
  return is_long(scenario) ? executions / 10 : executions;
}

/// Returns: file and line.
std::pair<std::string, int> parts_of(const std::string& source) {
  const std::size_t colon = source.rfind(':');
  return {source.substr(0, colon), std::atoi(source.c_str() + colon + 1)};
}

/// Returns: the atomic operations and locks that the scenarios reach.
std::vector<Operations> find_operations(const MutationOptions& options) {
  std::map<std::tuple<std::string, int, Doing, Order, Order>, Operations> found;
  for (const Scenario& scenario : scenarios()) {
    if (!is_wanted(scenario, options)) continue;
    collect_sites(true);
    explore(scenario, kSeed, share_of(scenario, kToCollect), kLongest);
    collect_sites(false);
    for (const Site& site : take_sites()) {
      if (!is_wanted(site.source, options)) continue;
      const auto [file, line] = parts_of(site.source);
      Operations& one = found[{file, line, site.doing, site.order, site.failure}];
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

/// Returns: a file's lines, of the tree that was compiled, without indentation, and without a comment behind
/// code.
std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream text(std::string(REFWAVE_ROOT) + "/" + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
    line.erase(std::min(line.find("  //"), line.size()));
    lines.push_back(std::move(line));
  }
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
  const auto [file, number] = parts_of(source);
  std::vector<std::string> lines = lines_of(file);
  if (number < 1 || lines.size() < static_cast<std::size_t>(number)) return {};
  lines.resize(static_cast<std::size_t>(number) - 1);
  while (!lines.empty() && !is_comment(lines.back()) && !ends_a_statement(lines.back())) lines.pop_back();
  std::string text;
  for (; !lines.empty() && is_comment(lines.back()); lines.pop_back())
    text = lines.back().substr(lines.back().find_first_not_of('/')) + text;
  const std::size_t at = text.find("Kept: ");
  return at == std::string::npos ? std::string() : text.substr(at + 6);
}

/// Returns: why no scenario can reach a statement, or an empty text.
std::string reason_for_absence(const std::string& source) {
  if (const std::string reason = reason_to_keep(source); !reason.empty()) return reason;
  const auto is_of = [&](const Absent& absent) { return source.starts_with(absent.sources); };
  const auto* const found = std::ranges::find_if(kAbsent, is_of);
  return found == kAbsent.end() ? std::string() : std::string(found->reason);
}

std::vector<std::string> sources_of_the_rooms() {
  namespace fs = std::filesystem;
  const fs::path root = REFWAVE_ROOT;
  std::vector<std::string> files;
  for (const char* room : kRooms) {
    for (const fs::path& file : fs::recursive_directory_iterator(root / room)) {
      if (file.extension() == ".h" || file.extension() == ".cpp")
        files.push_back(file.lexically_relative(root).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Returns: whether a statement takes a mutex or names an order stronger than relaxed.
bool is_of_interest(const std::string& line) {
  static const std::regex order("memory_order_(acquire|release|acq_rel|seq_cst)");
  static const std::regex lock("^(const )?std::(lock_guard|scoped_lock|unique_lock)[^;&]*[({]");
  // A signal fence binds the compiler alone.
  if (line.find("atomic_signal_fence") != std::string::npos) return false;
  return std::regex_search(line, order) || std::regex_search(line, lock);
}

/// Returns: file and line of each statement of interest that no operation belongs to.
std::vector<std::string> unreached(const std::vector<Operations>& all, const MutationOptions& options) {
  std::set<std::string> reached;
  for (const Operations& operations : all) reached.insert(operations.site.source);
  std::vector<std::string> found;
  for (const std::string& file : sources_of_the_rooms()) {
    std::string statement;
    bool is_reached = false;
    int number = 0;
    for (const std::string& line : lines_of(file)) {
      const std::string source = file + ":" + std::to_string(++number);
      if (is_comment(line)) continue;
      is_reached = is_reached || reached.contains(source);
      statement += line;
      if (!ends_a_statement(line)) continue;
      if (is_of_interest(statement) && !is_reached && is_wanted(source, options)) found.push_back(source);
      statement.clear();
      is_reached = false;
    }
  }
  return found;
}

/// Effects: prints a row for each of these statements. Returns: how many have no reason.
std::size_t print_unreached(const std::vector<std::string>& sources) {
  std::size_t silent = 0;
  for (const std::string& source : sources) {
    const std::string reason = reason_for_absence(source);
    if (reason.empty()) ++silent;
    std::printf("| `%s` | | | %s |\n", source.c_str(),
                reason.empty() ? "**no scenario reaches it**" : ("not reached: " + reason).c_str());
  }
  return silent;
}

/// An execution that fails.
struct Find {
  std::size_t scenario = 0;  // of those that reach the operation
  std::uint64_t seed = 0;
};

/// Returns: what fails with the weakened order, if anything does. An order that has its reason gets only a
/// short look. Runs in a process of its own: a weakened order may break anything.
std::optional<Find> hunt(const Mutant& mutant, std::uint64_t executions) {
  weaken({.callers = mutant.operations->callers, .order = mutant.order, .failure = mutant.failure});
  // First a short look with all scenarios, because most orders are found at once.
  const bool is_kept = !reason_to_keep(mutant.operations->site.source).empty();
  for (const std::uint64_t part : {kShort, is_kept ? 0 : executions}) {
    const auto& scenarios = mutant.operations->scenarios;
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
      const Outcome outcome = explore(*scenarios[i], kSeed, share_of(*scenarios[i], part), kLongest);
      if (!outcome.failure.empty()) return Find{i, outcome.seed};
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
    const std::optional<Find> find = hunt(mutants[number], executions);
    _exit(!find || write(ends[1], &*find, sizeof *find) == sizeof *find ? 0 : 1);
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

/// Returns: whether that execution of the scenario holds when nothing is weakened. In a process of its own:
/// executions leave things behind.
bool holds(const Scenario& scenario, std::uint64_t seed) {
  const pid_t process = fork();
  if (process == 0) _exit(explore(scenario, seed, 1, kLongest).failure.empty() ? 0 : 1);
  int status = -1;
  waitpid(process, &status, 0);
  return status == 0;
}

/// Effects: waits for the job, and prints its row.
void finish(const Job& job, std::vector<Mutant>& mutants) {
  Find find;
  const bool is_found = read(job.answer, &find, sizeof find) == sizeof find;
  close(job.answer);
  int status = 0;
  waitpid(job.process, &status, 0);
  Mutant& mutant = mutants[job.mutant];
  if (is_found) {
    const Scenario& scenario = *mutant.operations->scenarios[find.scenario];
    if (holds(scenario, find.seed)) mutant.found_by = scenario.name;
  } else if (status != 0) {
    mutant.found_by = "a crash";
  }
  mutant.settled = print_row(mutant);
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

/// Returns: whether every scenario holds while nothing is weakened.
bool all_hold(const MutationOptions& options) {
  for (const Scenario& scenario : scenarios()) {
    if (!is_wanted(scenario, options)) continue;
    const Outcome outcome = explore(scenario, kSeed, share_of(scenario, kShort), kLongest);
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
  // With a choice of scenarios, what they leave out says nothing.
  const std::vector<std::string> left =
      options.with.empty() ? unreached(operations, options) : std::vector<std::string>{};
  const std::size_t silent = print_unreached(left);
  std::size_t found = 0;
  std::size_t settled = 0;
  for (const Mutant& mutant : mutants) {
    if (!mutant.found_by.empty()) ++found;
    if (mutant.settled) ++settled;
  }
  std::printf(
      "\n%zu operations, %zu weakened orders: %zu found, %zu kept with a reason, %zu not found. "
      "Not reached: %zu orders and mutexes with a reason, %zu without.\n",
      operations.size(), mutants.size(), found, settled - found, mutants.size() - settled,
      left.size() - silent, silent);
  return !mutants.empty() && settled == mutants.size() && silent == 0 ? 0 : 1;
}

}  // namespace refwave::memory_model
