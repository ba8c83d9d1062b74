// A test's terminal, and what types on it when it shows what is waited for.
#pragma once

#include <cstddef>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {

/// Its cases are skipped where there are no pseudo-terminals.
class WithTerminal : public WithFolder {
 protected:
  void SetUp() override {
    if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  }
};

/// What is typed, step by step: each as soon as standard error shows a text after the step before.
struct Step {
  std::string shown;  // a pattern
  std::string typed;
};

class Typist {
 public:
  explicit Typist(std::vector<Step> steps) : steps_(std::move(steps)) {}

  std::string operator()(const std::string& err) {
    if (is_done() || !std::regex_search(err.substr(seen_), std::regex(steps_[done_].shown))) return {};
    seen_ = err.size();
    return steps_[done_++].typed;
  }
  bool is_done() const { return done_ == steps_.size(); }

 private:
  std::vector<Step> steps_;
  std::size_t done_ = 0;
  std::size_t seen_ = 0;
};

}  // namespace refwave::test
