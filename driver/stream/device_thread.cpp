#include "driver/stream/device_thread.h"

#include <utility>

namespace refwave::stream {

struct DeviceThread::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
  bool ending = false;
};

DeviceThread::DeviceThread() : shared_(std::make_shared<Shared>()) {}

void DeviceThread::end() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->ending = true;
  }
  shared_->changed.notify_one();
  thread_.join();
}

void DeviceThread::post(std::function<void()> task) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->ending) return;
  shared_->tasks.push_back(std::move(task));
  if (!thread_.running()) thread_.start("refwave-device", 0, [shared = shared_] { run(*shared); });
  shared_->changed.notify_one();
}

void DeviceThread::run(Shared& shared) {
  std::unique_lock lock(shared.mutex);
  for (;;) {
    shared.changed.wait(lock, [&] { return shared.ending || !shared.tasks.empty(); });
    if (shared.tasks.empty()) return;
    std::function<void()> task = std::move(shared.tasks.front());
    shared.tasks.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it kept alive goes now, without the mutex
    lock.lock();
  }
}

}  // namespace refwave::stream
