#include "tests/memory_model/litmus.h"

#include <algorithm>
#include <cstdio>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/explore.h"

namespace refwave::memory_model::litmus {
namespace {

const Program* present = nullptr;
std::set<std::string>* seen = nullptr;

class LitmusPlay final : public Play {
 public:
  LitmusPlay() {
    constexpr std::array kNames{"first", "second", "third", "fourth"};
    for (std::size_t i = 0; i < present->threads.size(); ++i)
      thread(kNames.at(i), [this, i] {
        for (const Step& step : present->threads[i]) step(shared_);
      });
  }
  void finish() override {
    const std::string& form = *present->outcomes.begin();
    const std::size_t comma = form.find(',');
    std::string outcome;
    for (std::size_t i = 0; i < std::min({comma, form.size(), shared_.r.size()}); ++i)
      outcome += std::to_string(shared_.r[i]);
    if (comma != std::string::npos) outcome += "," + std::to_string(shared_.x) + std::to_string(shared_.y);
    seen->insert(outcome);
  }

 private:
  Shared shared_;
};

/// Effects: runs all executions. Returns: their number.
std::size_t run_all(const Program& program, std::set<std::string>& outcomes) {
  const Scenario scenario{program.name, "", [] { return std::unique_ptr<Play>(new LitmusPlay); }};
  present = &program;
  seen = &outcomes;
  EveryChoice choices;
  std::size_t executions = 0;
  do {
    const std::string failure = run_once(scenario, choices);
    if (failure.find("race") != std::string::npos) {
      outcomes.insert("race");
    } else if (failure.find("after free") != std::string::npos) {
      outcomes.insert("freed");
    } else if (!failure.empty()) {
      outcomes.insert(failure);
    }
    ++executions;
  } while (choices.advance());
  return executions;
}

std::string joined(const std::set<std::string>& outcomes) {
  std::string text;
  for (const std::string& outcome : outcomes) text += (text.empty() ? "" : " ") + outcome;
  return text;
}

}  // namespace

std::vector<std::string> check_all() {
  std::vector<std::string> wrong;
  for (const Program& program : programs()) {
    std::set<std::string> outcomes;
    const std::size_t executions = run_all(program, outcomes);
    std::printf("%-46s %8zu executions: %s\n", program.name, executions, joined(outcomes).c_str());
    if (outcomes != program.outcomes)
      wrong.push_back(std::string(program.name) + ": seen " + joined(outcomes) + "; must be " +
                      joined(program.outcomes));
  }
  return wrong;
}

}  // namespace refwave::memory_model::litmus
