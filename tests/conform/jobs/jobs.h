// Rules run in processes of their own, so that a crash or a hang breaks one rule and no other.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tests/conform/client/finding.h"

namespace refwave::conform {

/// One rule to be run.
struct Job {
  std::string name;
  bool alone = false;  // nothing else may run meanwhile
};

/// What a job's process does, given the job's name.
using Work = std::function<void(const std::string& name)>;

/// Effects: runs all jobs, at most `at_once` (up to 64) at a time, each in a process of its own, and calls
/// `told(job's number, finding)` as each ends. A process that crashes, or does not end within `longest`, has
/// broken its rule. In a job's own process this runs that job and does not return: on a system without fork
/// such a process goes the way of its parent up to here.
void run_jobs(const std::vector<Job>& jobs, const Work& work, std::size_t at_once,
              std::chrono::seconds longest, const std::function<void(std::size_t, Finding)>& told);

}  // namespace refwave::conform
