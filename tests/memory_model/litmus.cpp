#include "tests/memory_model/litmus.h"

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
      thread(kNames.at(i), [this, body = present->threads[i]] { body(shared_); });
  }
  void finish() override {
    std::string outcome;
    for (std::size_t i = 0; i < present->registers; ++i) outcome += std::to_string(shared_.r[i]);
    if (present->asks_for_end) outcome += "," + std::to_string(shared_.x) + std::to_string(shared_.y);
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

std::vector<std::string> check_all(bool prints) {
  std::vector<Program> programs = ordinary_programs();
  for (Program& program : sequence_programs()) programs.push_back(std::move(program));
  std::vector<std::string> wrong;
  for (const Program& program : programs) {
    std::set<std::string> outcomes;
    const std::size_t executions = run_all(program, outcomes);
    if (prints)
      std::printf("%-46s %8zu executions: %s\n", program.name, executions, joined(outcomes).c_str());
    if (outcomes != program.outcomes)
      wrong.push_back(std::string(program.name) + ": seen " + joined(outcomes) + "; must be " +
                      joined(program.outcomes));
  }
  return wrong;
}

}  // namespace refwave::memory_model::litmus
