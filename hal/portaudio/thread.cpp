#include "hal/portaudio/thread.h"
#include "hal/system/mutex.h"

#include <atomic>
#include <new>
#include <utility>

namespace refwave::hal {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{20};

/// Whether a thread of this process may be inside PortAudio. The process has one such turn, because it has
/// one state of PortAudio. A thread that was abandoned in a call keeps the turn until that call returns, even
/// if the driver has been disabled and enabled meanwhile. The turn is taken with acquire and given back with
/// release, so the next thread sees PortAudio's state as the thread before has left it.
std::atomic<bool> turn_is_taken{false};

}  // namespace

struct PortAudioThread::Job {
  explicit Job(Task t) : task(std::move(t)) {}

  Task task;
  bool begun = false;
  bool done = false;
  bool out_of_memory = false;
  Prepared next;  // the job after this one in the queue
};

struct PortAudioThread::State {
  std::function<bool()> watch;
  Mutex mutex;
  Condition to_thread;
  Condition from_thread;
  // The queue is a list through the jobs themselves, so that queueing a job needs no memory.
  Prepared first GUARDED_BY(mutex);
  Job* last GUARDED_BY(mutex) = nullptr;
  bool ending GUARDED_BY(mutex) = false;
  bool gone GUARDED_BY(mutex) = false;

  void run();
  bool take_turn();
  void serve();
  Prepared next(bool watching) REQUIRES(mutex);
  void add(const Prepared& job) noexcept REQUIRES(mutex);
  void remove(const Prepared& job) noexcept REQUIRES(mutex);
};

void PortAudioThread::State::add(const Prepared& job) noexcept {
  (last == nullptr ? first : last->next) = job;
  last = job.get();
  to_thread.notify_one();
}

void PortAudioThread::State::remove(const Prepared& job) noexcept {
  Job* before = nullptr;
  for (Prepared* link = &first; *link; before = link->get(), link = &before->next) {
    if (*link != job) continue;
    *link = std::exchange(job->next, nullptr);
    if (last == job.get()) last = before;
    return;
  }
}

void PortAudioThread::State::run() {
  if (!take_turn()) return;
  serve();
  // Release: pairs with take_turn(). Kept: no scenario has PortAudio.
  turn_is_taken.store(false, std::memory_order_release);
}

/// Effects: waits for the turn. Jobs that wait meanwhile have deadlines of their own. Returns: false if the
/// thread must end before its turn came.
bool PortAudioThread::State::take_turn() {
  MutexLock lock(mutex);
  // Acquire: pairs with run(), and hands PortAudio's unlocked state from one thread to the next. Kept: no
  // scenario has PortAudio.
  while (turn_is_taken.exchange(true, std::memory_order_acquire)) {
    const auto next_look = std::chrono::steady_clock::now() + kWatchInterval;
    while (!ending && to_thread.wait_until(mutex, next_look)) {
    }
    if (ending) return false;
  }
  gone = false;  // no job has begun yet, so no call hangs in this thread
  return true;
}

void PortAudioThread::State::serve() {
  MutexLock lock(mutex);
  for (bool watching = false; !ending || first;) {
    const Prepared job = next(watching);
    lock.unlock();
    bool out_of_memory = false;
    if (job) {
      try {
        job->task();
      } catch (const std::bad_alloc&) {  // run() throws it to its caller
        out_of_memory = true;
      }
      // Destroys the task's objects before the thread that waits for the task continues.
      job->task = nullptr;
    }
    try {
      watching = watch();
    } catch (const std::bad_alloc&) {  // it looks again
      watching = true;
    }
    lock.lock();
    gone = false;
    if (job) {
      job->out_of_memory = out_of_memory;
      job->done = true;
    }
    from_thread.notify_all();
  }
}

/// Returns: the next job; null if it is time to call `watch`, or to end.
PortAudioThread::Prepared PortAudioThread::State::next(bool watching) {
  const auto next_look = std::chrono::steady_clock::now() + kWatchInterval;
  for (bool in_time = true; in_time && !ending && !first;) {
    if (watching) {
      in_time = to_thread.wait_until(mutex, next_look);
    } else {
      to_thread.wait(mutex);
    }
  }
  Prepared job = first;
  if (!job) return nullptr;
  remove(job);
  job->begun = true;
  return job;
}

PortAudioThread::Prepared PortAudioThread::prepare(Task task) {
  return std::make_shared<Job>(std::move(task));
}

PortAudioThread::PortAudioThread(std::function<bool()> watch, Status& started)
    : state_(std::make_shared<State>()) {
  state_->watch = std::move(watch);
  started = thread_.start("refwave-pa", 0, [state = state_] { state->run(); });
}

PortAudioThread::~PortAudioThread() {
  bool hangs = false;
  {
    const MutexLock lock(state_->mutex);
    state_->ending = true;
    state_->to_thread.notify_one();
    hangs = state_->gone;
  }
  // run() has already waited two seconds for the call that hangs.
  constexpr std::chrono::milliseconds kLittle{100};
  if (hangs) thread_.join(kLittle);
}

bool PortAudioThread::run(const Prepared& job, Deadline deadline) {
  MutexLock lock(state_->mutex);
  if (state_->gone) return false;
  state_->add(job);
  while (!job->done && state_->from_thread.wait_until(state_->mutex, deadline)) {
  }
  if (job->done) {
    if (job->out_of_memory) throw std::bad_alloc();
    return true;
  }
  state_->gone = true;
  if (!job->begun) state_->remove(job);
  return false;
}

void PortAudioThread::post(const Prepared& job) noexcept {
  const MutexLock lock(state_->mutex);
  if (!job->begun) state_->add(job);
}

bool PortAudioThread::gone() const {
  const MutexLock lock(state_->mutex);
  return state_->gone;
}

}  // namespace refwave::hal
