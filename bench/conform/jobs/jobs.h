// Runs each rule in a process of its own, so that a crash or a hang breaks this rule and no other. Each
// system has its own source file for a process.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
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

// --- one process ---

/// What follows it in a job's report is the place of a thread when it crashed or hung.
inline constexpr char kPlaceMark = '\1';

/// Thread: the parent's.
class JobProcess {
 public:
  /// How a process ended.
  struct End {
    std::string report;  // the text of report_to_parent()
    std::string crash;   // the signal or exception that ended it; empty if it ended by itself
    long status = 0;
    std::string places{};  // where the threads were when it crashed or was killed, as far as is known
  };

  virtual ~JobProcess() = default;
  virtual bool has_ended() = 0;
  virtual void kill() = 0;
  /// Precondition: has_ended(), or kill() was called.
  virtual End end() = 0;
};

/// Effects: in a job's own process, runs that job and ends the process. In the parent it does nothing.
void run_job_of_this_process(const Work& work);

/// Returns: a new process that runs `work(name)` and ends. Throws: Failure.
std::unique_ptr<JobProcess> start_process(const std::string& name, const Work& work);

// --- in a job's own process ---

/// Effects: runs the job, and ends the process as programs end.
[[noreturn]] void do_the_job(const Work& work, const std::string& name);
void report_to_parent(const std::string& text);
/// Effects: ends the process immediately, without running destructors or exit handlers.
[[noreturn]] void end_process();

}  // namespace refwave::conform
