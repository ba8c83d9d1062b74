// The command of tests/README.md, memory_model.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "tests/memory_model/checker/explore.h"
#include "tests/memory_model/checker/sites.h"
#include "tests/memory_model/litmus.h"
#include "tests/memory_model/mutation.h"

extern "C" char __libc_single_threaded;

namespace refwave::memory_model {
namespace {

struct Options {
  std::vector<std::string_view> names;  // of scenarios, or parts of files' names
  std::uint64_t seed = 1;
  std::uint64_t executions = std::numeric_limits<std::uint64_t>::max();
  double seconds = 10;
  std::size_t jobs = 1;
};

Options options_of(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    const char* value = i + 1 < arguments.size() ? arguments[i + 1] : "0";
    if (!name.starts_with("--")) {
      options.names.push_back(name);
      continue;
    }
    ++i;
    if (name == "--seed") options.seed = std::strtoull(value, nullptr, 10);
    if (name == "--executions") options.executions = std::strtoull(value, nullptr, 10);
    if (name == "--jobs") options.jobs = std::strtoull(value, nullptr, 10);
    if (name == "--seconds") options.seconds = std::strtod(value, nullptr);
  }
  return options;
}

bool is_wanted(const Scenario& scenario, const Options& options) {
  const auto& names = options.names;
  return names.empty() || std::find(names.begin(), names.end(), scenario.name) != names.end();
}

/// `options.seconds`: for all scenarios together.
int run(const Options& options) {
  std::size_t wanted = 0;
  for (const Scenario& scenario : scenarios()) wanted += is_wanted(scenario, options) ? 1 : 0;
  int failed = wanted == 0 ? 1 : 0;
  for (const Scenario& scenario : scenarios()) {
    if (!is_wanted(scenario, options)) continue;
    const double begin = real_seconds();
    const Outcome outcome =
        explore(scenario, options.seed, options.executions, options.seconds / static_cast<double>(wanted));
    const double took = real_seconds() - begin;
    std::printf("%-28s %9llu executions in %5.1f s: %s\n", scenario.name,
                static_cast<unsigned long long>(outcome.executions), took,
                outcome.failure.empty() ? "none failed" : "FAILED");
    if (outcome.failure.empty()) continue;
    failed = 1;
    std::printf("%s  again: memory_model explain %s %llu\n", explain(scenario, outcome.seed).c_str(),
                scenario.name, static_cast<unsigned long long>(outcome.seed));
  }
  return failed;
}

int explain_one(std::span<char*> arguments) {
  if (arguments.size() < 2) return 2;
  for (const Scenario& scenario : scenarios()) {
    if (arguments[0] != std::string_view(scenario.name)) continue;
    std::printf("%s", explain(scenario, std::strtoull(arguments[1], nullptr, 10)).c_str());
    return 0;
  }
  return 2;
}

int list() {
  for (const Scenario& scenario : scenarios()) std::printf("%-28s %s\n", scenario.name, scenario.shows);
  return 0;
}

int litmus_programs() {
  const std::vector<std::string> wrong = litmus::check_all();
  for (const std::string& text : wrong) std::printf("WRONG %s\n", text.c_str());
  return wrong.empty() ? 0 : 1;
}

int mutate_all(const Options& options) {
  const bool all = options.executions == Options{}.executions;
  return mutate(options.names, all ? 20'000 : options.executions, options.jobs);
}

int main_of(std::span<char*> arguments) {
  const std::string_view command = arguments.empty() ? "" : arguments[0];
  if (command == "litmus") return litmus_programs();
  if (command == "run") return run(options_of(arguments.subspan(1)));
  if (command == "mutate") return mutate_all(options_of(arguments.subspan(1)));
  if (command == "explain") return explain_one(arguments.subspan(1));
  if (command == "list") return list();
  std::printf(
      "memory_model litmus\n"
      "memory_model run [SCENARIO...] [--seconds S] [--executions N] [--seed N]\n"
      "memory_model mutate [FILE...] [--executions N] [--jobs N]\n"
      "memory_model explain SCENARIO SEED\n"
      "memory_model list\n");
  return 2;
}

}  // namespace
}  // namespace refwave::memory_model

int main(int count, char** arguments) {
  // The scenarios' threads are several, though the system sees one: shared_ptr has to count by atomics.
  __libc_single_threaded = 0;
  return refwave::memory_model::main_of(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
}
