#include "driver/engine/device_thread.h"

#include <deque>
#include <new>
#include <utility>

#include "hal/system/clock.h"
#include "hal/system/mutex.h"

namespace refwave::engine {

struct DeviceThread::Shared {
  hal::Mutex mutex;
  hal::Condition changed;
  std::deque<std::function<void()>> tasks GUARDED_BY(mutex);
  bool ending GUARDED_BY(mutex) = false;
};

DeviceThread::DeviceThread() : shared_(std::make_shared<Shared>()) {}

void DeviceThread::end(std::chrono::milliseconds patience) {
  {
    const hal::MutexLock lock(shared_->mutex);
    shared_->ending = true;
  }
  shared_->changed.notify_one();
  thread_.join(patience);
}

/// Effects: starts the thread, if need be. Returns: whether it runs. Under the shared mutex.
bool DeviceThread::has_thread() {
  if (thread_.running()) return true;
  const std::int64_t now_ns = hal::monotonic_now_ns();
  if (!back_off_.is_due(now_ns)) return false;
  if (thread_.start("refwave-device", 0, [shared = shared_] { run(*shared); }).ok()) return true;
  back_off_.note_failure(now_ns);
  return false;
}

bool DeviceThread::post(std::function<void()> task) {
  const hal::MutexLock lock(shared_->mutex);
  if (shared_->ending || !has_thread()) return false;
  shared_->tasks.push_back(std::move(task));
  shared_->changed.notify_one();
  return true;
}

void DeviceThread::run(Shared& shared) {
  hal::MutexLock lock(shared.mutex);
  for (;;) {
    while (!shared.ending && shared.tasks.empty()) shared.changed.wait(shared.mutex);
    if (shared.tasks.empty()) return;
    std::function<void()> task = std::move(shared.tasks.front());
    shared.tasks.pop_front();
    lock.unlock();
    try {
      task();
    } catch (const std::bad_alloc&) {
      // The engine that posted it tries again.
    }
    // What the task kept alive is freed without the mutex.
    task = nullptr;
    lock.lock();
  }
}

}  // namespace refwave::engine
