#include "tests/memory_model/checker/explore.h"

#include <ctime>
#include <utility>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/memory.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

constexpr std::size_t kLogLines = 120;

}  // namespace

void Play::thread(const char* name, std::function<void()> body) {
  execution().add_thread(name, Kind::ordinary, std::move(body));
}

void Play::daemon(const char* name, std::function<void()> body) {
  execution().add_thread(name, Kind::daemon, std::move(body));
}

void expect(bool holds, const char* what) {
  if (holds) return;
  if (execution().self_number() != kThreads) execution().fail(what);
  if (execution().failure().empty()) execution().note_failure(what);
}

void pause() {
  const Unwatched unwatched;
  execution().point(true);
}

void falls_asleep(const char* thread, const void* at, std::size_t size, std::size_t nth) {
  execution().sleep() = {.thread = execution().number_of(thread),
                         .left = static_cast<Epoch>(nth),
                         .at = reinterpret_cast<Address>(at),
                         .size = size};
}

bool is_asleep() {
  const Unwatched unwatched;
  const Execution::Sleep& sleep = execution().sleep();
  if (!sleep.has_begun || sleep.is_over) return false;
  memory().acquire(&sleep);
  return true;
}

void wake_up() {
  const Unwatched unwatched;
  execution().point();
  execution().sleep().is_over = true;
  execution().wake(&execution().sleep());
}

std::size_t choose(std::size_t count) { return execution().choices().any(count); }

std::vector<Scenario>& scenarios() {
  static std::vector<Scenario> all;
  return all;
}

std::string run_once(const Scenario& scenario, Choices& choices) {
  choices.begin();
  memory().reset();
  begin_system();
  execution().begin(choices);
  std::unique_ptr<Play> play = scenario.make();
  if (execution().run()) play->finish();
  std::string failure = execution().failure();
  // The threads of a failed execution have stopped anywhere: nothing is taken apart after them.
  if (!failure.empty()) static_cast<void>(play.release());
  return failure;
}

Outcome explore(const Scenario& scenario, std::uint64_t seed, std::uint64_t executions, double seconds) {
  Choices choices(seed);
  Outcome outcome;
  const double end = real_seconds() + seconds;
  while (outcome.executions < executions && outcome.failure.empty()) {
    if (outcome.executions % 64 == 63 && real_seconds() >= end) break;
    outcome.failure = run_once(scenario, choices);
    outcome.seed = choices.seed();
    ++outcome.executions;
  }
  return outcome;
}

std::string explain(const Scenario& scenario, std::uint64_t seed) {
  Choices choices(seed);
  keep_steps(true);
  const std::string failure = run_once(scenario, choices);
  const std::string text = newest_steps(kLogLines) + with_sources(failure) + "\n";
  keep_steps(false);
  return text;
}

double real_seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace refwave::memory_model
