// The command of tests/README.md, memory_model.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/memory_model/checker/explore.h"
#include "tests/memory_model/checker/sites.h"
#include "tests/memory_model/mutation.h"

extern "C" char __libc_single_threaded;

namespace refwave::memory_model {
namespace {

struct Options {
  std::vector<std::string> names;  // of scenarios, or parts of files' names
  std::uint64_t seed = 1;
  std::uint64_t executions = 0;  // 0: as many as there is time for
  double seconds = 10;
  std::size_t jobs = 1;
};

bool is_wanted(const Scenario& scenario, const Options& options) {
  const auto& names = options.names;
  return names.empty() || std::find(names.begin(), names.end(), scenario.name) != names.end();
}

int run(const Options& options) {
  std::size_t wanted = 0;
  for (const Scenario& scenario : scenarios()) wanted += is_wanted(scenario, options) ? 1 : 0;
  int failed = wanted == 0 ? 1 : 0;
  const auto executions =
      options.executions == 0 ? std::numeric_limits<std::uint64_t>::max() : options.executions;
  for (const Scenario& scenario : scenarios()) {
    if (!is_wanted(scenario, options)) continue;
    const double begin = real_seconds();
    const Outcome outcome =
        explore(scenario, options.seed, executions, options.seconds / static_cast<double>(wanted));
    const double took = real_seconds() - begin;
    std::printf("%-28s %9llu executions in %5.1f s: %s\n", scenario.name,
                static_cast<unsigned long long>(outcome.executions), took,
                outcome.failure.empty() ? "none failed" : "FAILED");
    if (outcome.failure.empty()) continue;
    failed = 1;
    std::printf("%s  again: memory_model run %s --executions 1 --seed %llu\n",
                explain(scenario, outcome.seed).c_str(), scenario.name,
                static_cast<unsigned long long>(outcome.seed));
  }
  return failed;
}

int list() {
  for (const Scenario& scenario : scenarios()) std::printf("%-28s %s\n", scenario.name, scenario.shows);
  return 0;
}

int main_of(int count, char** arguments) {
  Options options;
  CLI::App app("The driver's lock-free code under C++20's memory model");
  app.require_subcommand(1);
  const auto add = [&app](const char* name, const char* what, const std::function<int()>& act) {
    return app.add_subcommand(name, what)->callback([act] { throw CLI::RuntimeError(act()); });
  };
  add("list", "the scenarios, and what each shows", list);
  CLI::App* const runs = add("run", "runs scenarios until one fails", [&] { return run(options); });
  runs->add_option("SCENARIO", options.names);
  runs->add_option("--seconds", options.seconds, "for all scenarios together");
  runs->add_option("--seed", options.seed, "of the first execution");
  CLI::App* const mutates = add("mutate", "every order made weaker, one step at a time", [&] {
    return mutate(options.names, options.executions == 0 ? 20'000 : options.executions, options.jobs);
  });
  mutates->add_option("FILE", options.names);
  mutates->add_option("--jobs", options.jobs);
  for (CLI::App* const one : {runs, mutates}) one->add_option("--executions", options.executions, "of each");
  CLI11_PARSE(app, count, arguments);
  return 0;
}

}  // namespace
}  // namespace refwave::memory_model

int main(int count, char** arguments) {
  // The scenarios' threads are several, though the system sees one: shared_ptr has to count by atomics.
  __libc_single_threaded = 0;
  return refwave::memory_model::main_of(count, arguments);
}
