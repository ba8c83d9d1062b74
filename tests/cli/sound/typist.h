// Types on a test's terminal, when it shows what is waited for.
#pragma once

#include <cstddef>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace refwave::test {

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
