// std::mutex and its helpers, annotated for clang's -Wthread-safety. A member that a mutex guards is
// GUARDED_BY it, and a function whose caller holds it REQUIRES it: clang refuses the rest.
#pragma once

#include <condition_variable>
#include <mutex>

#ifdef __clang__
#define REFWAVE_ATTRIBUTE(...) __attribute__((__VA_ARGS__))
#else
#define REFWAVE_ATTRIBUTE(...)
#endif
#define GUARDED_BY(mutex) REFWAVE_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES(...) REFWAVE_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) REFWAVE_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) REFWAVE_ATTRIBUTE(release_capability(__VA_ARGS__))
#define TRY_ACQUIRE(...) REFWAVE_ATTRIBUTE(try_acquire_capability(__VA_ARGS__))
#define SCOPED_CAPABILITY REFWAVE_ATTRIBUTE(scoped_lockable)

namespace refwave::hal {

/// std::mutex, as a capability of clang's.
class REFWAVE_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }
  [[nodiscard]] bool try_lock() TRY_ACQUIRE(true) { return mutex_.try_lock(); }

 private:
  friend class Condition;

  std::mutex mutex_;
};

/// Holds the mutex for a scope, except between unlock() and lock().
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : lock_(mutex) {}
  ~MutexLock() RELEASE() = default;

  void lock() ACQUIRE() { lock_.lock(); }
  void unlock() RELEASE() { lock_.unlock(); }

 private:
  std::unique_lock<Mutex> lock_;
};

/// A condition variable. A wait may end spuriously, so it belongs in a loop.
class Condition {
 public:
  void notify_one() noexcept { changed_.notify_one(); }
  void notify_all() noexcept { changed_.notify_all(); }
  void wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  /// Returns: false if the deadline has passed.
  template <typename Deadline>
  bool wait_until(Mutex& mutex, Deadline deadline) REQUIRES(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = changed_.wait_until(lock, deadline) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }

 private:
  std::condition_variable changed_;
};

}  // namespace refwave::hal
