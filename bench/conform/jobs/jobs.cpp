// The parent: starts processes, waits for them, and turns each one's end into a finding.
#include "bench/conform/jobs/jobs.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>

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

struct Running {
  std::size_t job;
  std::unique_ptr<JobProcess> process;
  std::int64_t naps_left;
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
  std::vector<Running> running;
  std::size_t next = 0;
  int refusals = 0;
  const auto may_start = [&] {
    if (next == jobs.size() || running.size() >= at_once) return false;
    return running.empty() || !(jobs[next].alone || jobs[running[0].job].alone);
  };
  while (next != jobs.size() || !running.empty()) {
    while (may_start()) {
      try {
        running.push_back({next, start_process(jobs[next].name, work), longest / kNap});
      } catch (const cli::Failure&) {
        if (++refusals > kMostRefusals) throw;
        break;
      }
      refusals = 0;
      ++next;
    }
    std::this_thread::sleep_for(kNap);
    for (auto one = running.begin(); one != running.end();) {
      const bool ended = one->process->has_ended();
      if (!ended && --one->naps_left > 0) {
        ++one;
        continue;
      }
      if (!ended) one->process->kill();
      const Running over = std::move(*one);
      one = running.erase(one);
      reported(over.job, finding_of(over.process->end(), !ended));
    }
  }
}

}  // namespace refwave::conform
