// A system that refuses processes: run_jobs() on processes made here.
#include <gtest/gtest.h>

#include <cstdlib>

#include "bench/conform/jobs/jobs.h"
#include "inf/cli/console/failure.h"

namespace refwave::conform {
namespace {

int refusals_to_come = 0;
std::vector<std::string> started;

class EndedProcess : public JobProcess {
 public:
  bool has_ended() override { return true; }
  void kill() override {}
  End end() override { return {.report = "0", .crash = "", .status = 0}; }
};

/// Returns: the jobs that were reported as kept.
std::vector<std::size_t> kept_jobs() {
  started.clear();
  std::vector<std::size_t> kept;
  run_jobs(
      {{"a"}, {"b", true}, {"c"}}, [](const std::string&) {}, 2, std::chrono::seconds(1),
      [&](std::size_t number, const Finding& finding) {
        if (finding.outcome == Outcome::kept) kept.push_back(number);
      });
  return kept;
}

TEST(Refused_process, Is_tried_again_and_no_rule_is_left_out) {
  refusals_to_come = 3;
  EXPECT_EQ(kept_jobs(), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(started, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Refused_process, Is_a_failure_if_the_system_keeps_refusing) {
  refusals_to_come = 1'000'000;
  EXPECT_THROW(kept_jobs(), cli::Failure);
}

}  // namespace

void run_job_of_this_process(const Work&) {}

std::unique_ptr<JobProcess> start_process(const std::string& name, const Work&) {
  if (refusals_to_come > 0 && refusals_to_come-- > 0) throw cli::Failure("refused");
  started.push_back(name);
  return std::make_unique<EndedProcess>();
}

void report_to_parent(const std::string&) {}
void end_process() { std::abort(); }

}  // namespace refwave::conform
