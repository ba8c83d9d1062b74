// The parent: starts processes, waits for them, and turns each one's end into a finding.
#include "bench/conform/jobs/jobs.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "bench/conform/jobs/job_process.h"
#include "inf/cli/console/failure.h"

namespace refwave::conform {
namespace {

// A child's time is counted in the parent's naps, which a busy machine lengthens as it does the child's work.
constexpr std::chrono::milliseconds kNap{10};
// A busy system refuses a process now and then (memory, a limit of processes; Wine: error 1359).
constexpr int kMostRefusals = 300;  // in a row, a nap apart

/// A finding as it is reported is its outcome's digit and then the text.
std::string packed(const Finding& finding) {
  return static_cast<char>('0' + static_cast<int>(finding.outcome)) + finding.seen;
}

Finding unpacked(const std::string& text) { return {static_cast<Outcome>(text[0] - '0'), text.substr(1)}; }

/// Returns: the finding of a rule whose process ended like that.
Finding finding_of(const JobProcess::End& end, bool hung) {
  const bool kept = end.report.starts_with('0');
  const std::string rest =
      kept ? end.report.substr(1) : end.report;  // a callback may still break a rule then
  if (!rest.empty()) return unpacked(rest);
  std::string seen;
  Ending ending = Ending::answered;
  if (hung) {
    ending = Ending::hung;
    seen = end.places.empty() ? "hung" : "hung: " + end.places;
  } else if (!end.crash.empty()) {
    ending = Ending::crashed;
    seen = "crashed: " + end.crash + (end.places.empty() ? "" : " " + end.places);
  } else if (!kept || end.status != 0) {
    seen = "the process ended with status " + std::to_string(end.status);
  }
  if (seen.empty()) return {};
  if (!kept) return {Outcome::broken, seen, ending};
  return {Outcome::broken, seen + " at the end of the process", Ending::late};
}

/// The processes that run now.
class Running {
 public:
  Running(const std::vector<Job>& jobs, const Work& work, std::chrono::seconds longest)
      : jobs_(jobs), work_(work), naps_(longest / kNap) {}

  bool empty() const { return running_.empty(); }

  bool may_start(std::size_t number, std::size_t at_once) const {
    if (number == jobs_.size() || running_.size() >= at_once) return false;
    const bool one_runs_alone =
        std::ranges::any_of(running_, [&](const One& one) { return jobs_[one.number].alone; });
    return empty() || (!jobs_[number].alone && !one_runs_alone);
  }

  /// Returns: false if the system refused the process; try again after wait(). Throws: Failure, if it keeps
  /// refusing.
  bool start(std::size_t number) {
    try {
      processes_.push_back(start_process(jobs_[number].name, work_));
    } catch (const cli::Failure&) {
      if (++refusals_ > kMostRefusals) throw;
      return false;
    }
    refusals_ = 0;
    running_.push_back({number, naps_});
    return true;
  }

  void wait() {
    if (empty()) return std::this_thread::sleep_for(kNap);
    if (wait_for_any(processes_, kNap)) return;
    for (One& one : running_) --one.naps_left;
  }

  /// Effects: reports the processes that have ended; ends those whose time is over.
  void report_ended(const std::function<void(std::size_t, Finding)>& reported) {
    for (std::size_t i = 0; i < running_.size();) {
      const bool hung = !processes_[i]->has_ended() && running_[i].naps_left <= 0;
      if (hung) processes_[i]->kill();
      if (!hung && !processes_[i]->has_ended()) {
        ++i;
        continue;
      }
      const JobProcess::End end = processes_[i]->end();
      const std::size_t number = running_[i].number;
      const auto at = static_cast<std::ptrdiff_t>(i);
      processes_.erase(processes_.begin() + at);
      running_.erase(running_.begin() + at);
      reported(number, finding_of(end, hung));
    }
  }

 private:
  struct One {
    std::size_t number;  // of its job
    std::int64_t naps_left;
  };

  const std::vector<Job>& jobs_;
  const Work& work_;
  const std::int64_t naps_;
  JobProcesses processes_;
  std::vector<One> running_;  // of these processes
  int refusals_ = 0;
};

bool runs_here = false;  // there is no parent

void print(const Finding& finding) {
  std::printf("%s%s%s\n", outcome_name(finding.outcome), finding.seen.empty() ? "" : ": ",
              finding.seen.c_str());
  std::fflush(stdout);
}

}  // namespace

void run_here(const Work& work, const std::string& name) {
  runs_here = true;
  do_the_job(work, name);
}

void do_the_job(const Work& work, const std::string& name) {
  try {
    work(name);
  } catch (const std::exception& error) {
    end_rule({Outcome::broken, std::string("unexpected: ") + error.what()});
  }
  std::exit(0);
}

void report_kept() { runs_here ? print({}) : report_to_parent(packed({})); }

/// Reports how the rule of this process ended, and ends the process.
void end_rule(const Finding& finding) {
  static std::atomic<bool> ended{false};
  // Another thread was first, and the process is at its end.
  while (ended.exchange(true)) std::this_thread::sleep_for(std::chrono::hours(1));
  if (runs_here) {
    print(finding);
    std::_Exit(finding.outcome == Outcome::broken ? cli::kFailed : 0);
  }
  report_to_parent(packed(finding));
  end_process();
}

void run_jobs(const std::vector<Job>& jobs, const Work& work, std::size_t at_once,
              std::chrono::seconds longest, const std::function<void(std::size_t, Finding)>& reported) {
  run_job_of_this_process(work);
  Running running(jobs, work, longest);
  std::size_t next = 0;
  while (next != jobs.size() || !running.empty()) {
    while (running.may_start(next, at_once) && running.start(next)) ++next;
    running.wait();
    running.report_ended(reported);
  }
}

}  // namespace refwave::conform
