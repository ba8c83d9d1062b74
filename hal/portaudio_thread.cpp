#include "hal/portaudio_thread.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace refwave::hal {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{20};

struct Job {
  PortAudioThread::Task task;
  bool begun = false;
  bool done = false;
};

}  // namespace

struct PortAudioThread::State {
  std::function<bool()> watch;
  std::mutex mutex;
  std::condition_variable to_thread;
  std::condition_variable from_thread;
  std::deque<std::shared_ptr<Job>> jobs;
  bool ending = false;
  bool gone = false;

  void run();
  std::shared_ptr<Job> next(bool watching, std::unique_lock<std::mutex>& lock);
  void add(std::shared_ptr<Job> job) {
    jobs.push_back(std::move(job));
    to_thread.notify_one();
  }
};

void PortAudioThread::State::run() {
  std::unique_lock lock(mutex);
  for (bool watching = false; !ending || !jobs.empty();) {
    const auto job = next(watching, lock);
    lock.unlock();
    if (job) {
      job->task();
      job->task = nullptr;  // what it held is let go here, before whoever waits for it goes on
    }
    watching = watch();
    lock.lock();
    gone = false;
    if (job) job->done = true;
    from_thread.notify_all();
  }
}

/// Returns: the next job, or null when it is time to watch (or to end).
std::shared_ptr<Job> PortAudioThread::State::next(bool watching, std::unique_lock<std::mutex>& lock) {
  const auto wanted = [this] { return ending || !jobs.empty(); };
  if (watching) {
    to_thread.wait_for(lock, kWatchInterval, wanted);
  } else {
    to_thread.wait(lock, wanted);
  }
  if (jobs.empty()) return nullptr;
  auto job = std::move(jobs.front());
  jobs.pop_front();
  job->begun = true;
  return job;
}

PortAudioThread::PortAudioThread(std::function<bool()> watch, std::string& error)
    : state_(std::make_shared<State>()) {
  state_->watch = std::move(watch);
  error = thread_.start("refwave-pa", 0, [state = state_] { state->run(); });
}

PortAudioThread::~PortAudioThread() {
  const std::lock_guard lock(state_->mutex);
  state_->ending = true;
  state_->to_thread.notify_one();
}

bool PortAudioThread::run(Task task, Deadline deadline) {
  std::unique_lock lock(state_->mutex);
  if (state_->gone) return false;
  auto job = std::make_shared<Job>(Job{std::move(task)});
  state_->add(job);
  if (state_->from_thread.wait_until(lock, deadline, [&] { return job->done; })) return true;
  state_->gone = true;
  if (!job->begun) std::erase(state_->jobs, job);
  return false;
}

void PortAudioThread::post(Task task) {
  const std::lock_guard lock(state_->mutex);
  state_->add(std::make_shared<Job>(Job{std::move(task)}));
}

bool PortAudioThread::gone() const {
  const std::lock_guard lock(state_->mutex);
  return state_->gone;
}

}  // namespace refwave::hal
