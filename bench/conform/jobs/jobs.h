// Runs each rule in a process of its own, so that a crash or a hang breaks this rule and no other.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "bench/conform/client/finding.h"

namespace refwave::conform {

/// One rule to be run.
struct Job {
  std::string name;
  bool alone = false;  // no other job may run at the same time
};

/// The code that a job's process runs. `name`: the job's name. It calls report_kept(), or ends by end_rule().
using Work = std::function<void(const std::string& name)>;

/// Effects: reports that the rule is kept, if the process ends well, too. Thread: the job's.
void report_kept();

/// Effects: runs one job in this process, for a debugger; prints the finding, and ends the process: 0, or 1
/// if the rule is broken. A crash or a hang is one of this process.
[[noreturn]] void run_here(const Work& work, const std::string& name);

/// Effects: runs all jobs, each in a process of its own, at most `at_once` (up to 64) at a time. Calls
/// `reported(job's number, finding)` at the end of each. A process that crashes, or does not end within
/// `longest`, has broken its rule. On a system without fork, a job's process runs the parent's code up to
/// run_job_of_this_process(), which comes before this call.
void run_jobs(const std::vector<Job>& jobs, const Work& work, std::size_t at_once,
              std::chrono::seconds longest, const std::function<void(std::size_t, Finding)>& reported);

}  // namespace refwave::conform
