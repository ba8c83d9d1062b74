// Random sequences of messages against the sequential model. Options: --sequences N, --seed N; --phase P
// --only I repeats a sequence that failed; --patience S is the time in seconds after which a client counts as
// never notified.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "tests/contract/model/runner.h"

namespace refwave::contract {
namespace {

/// Each phase gets one of so many sequences, because waking notifiers takes time.
constexpr std::uint64_t kOneOf[] = {1, 5};

struct Options {
  std::uint64_t sequences = MODEL_SEQUENCES;
  std::uint64_t seed = 1;
  std::string phase;
  std::optional<std::uint64_t> only;
  std::chrono::seconds patience{20};
};

Options options_of(int count, char** arguments) {
  Options options;
  if (const char* seed = std::getenv("MODEL_SEED")) options.seed = std::strtoull(seed, nullptr, 10);
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const std::uint64_t value = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--sequences") options.sequences = value;
    if (name == "--seed") options.seed = value;
    if (name == "--phase") options.phase = arguments[i + 1];
    if (name == "--only") options.only = value;
    if (name == "--patience") options.patience = std::chrono::seconds(value);
  }
  return options;
}

void report(const Phase& phase, const Sequence& sequence, const std::string& failure, std::size_t where,
            const Options& options, std::uint64_t index) {
  std::printf("found: %s\n  --seed %llu --phase %s --only %llu, at operation %zu of %zu:\n", failure.c_str(),
              static_cast<unsigned long long>(options.seed), phase.name,
              static_cast<unsigned long long>(index), where, sequence.size());
  std::fflush(stdout);
  for (std::size_t i = 0; i <= where && i < sequence.size(); ++i)
    std::printf("    %s\n", text_of(sequence[i]).c_str());
}

bool run(const Phase& phase, std::uint64_t sequences, const Options& options) {
  const auto begin = std::chrono::steady_clock::now();
  Runner runner(phase, options.patience);
  const std::uint64_t first = options.only.value_or(0);
  const std::uint64_t count = options.only ? 1 : sequences;
  for (std::uint64_t i = first; i < first + count; ++i) {
    const Sequence sequence = make_sequence(options.seed * 1'000'000'007U + i);
    const auto failure = runner.run(sequence);
    if (!failure) continue;
    report(phase, sequence, *failure, runner.where(), options, i);
    return false;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const double mean = static_cast<double>(runner.operations()) / static_cast<double>(count);
  std::printf("%s: %llu sequences, %.1f operations each, %llu callbacks, %.1f s\n", phase.name,
              static_cast<unsigned long long>(count), mean,
              static_cast<unsigned long long>(runner.notified()), took.count());
  std::fflush(stdout);
  return true;
}

int run_all(const Options& options) {
  for (std::size_t i = 0; i < std::size(kPhases); ++i) {
    if (!options.phase.empty() && options.phase != kPhases[i].name) continue;
    if (!run(kPhases[i], options.sequences / kOneOf[i], options)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace refwave::contract

int main(int count, char** arguments) {
  return refwave::contract::run_all(refwave::contract::options_of(count, arguments));
}
