// The process of one job. Each system has its own source file.
#pragma once

#include <memory>
#include <string>

#include "bench/conform/jobs/jobs.h"

namespace refwave::conform {

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
