// A thread's bounded message queue. Any thread posts to it, and its own thread reads it. Its storage is
// allocated together with its capacity, so posting allocates nothing and holds the lock for one copy only.
// Any thread.
#pragma once

#include <windows.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "hal/system/mutex.h"

namespace refwave::host {

class MessageQueue {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // none: forever

  /// The messages that a reader wants: those of one window (null: all), with numbers from first to last (0
  /// and 0: all).
  struct Filter {
    HWND window = nullptr;
    UINT first = 0;
    UINT last = 0;
    bool passes(const MSG& message) const;
  };

  enum class Take { remove, leave };

  explicit MessageQueue(std::size_t capacity);

  /// Returns: false if the queue is full.
  bool post(const MSG& message);

  /// Returns: the oldest message that the filter lets through; nothing if none came before the deadline.
  std::optional<MSG> take(const Filter& filter, Take how, Deadline deadline);

  /// Effects: bounds the queue for later posts. Messages that are queued already stay.
  void set_capacity(std::size_t capacity);

 private:
  MSG& at(std::size_t index) REQUIRES(mutex_) { return ring_[(head_ + index) % ring_size_]; }
  std::optional<std::size_t> find(const Filter& filter) REQUIRES(mutex_);
  void erase(std::size_t index) REQUIRES(mutex_);

  hal::Mutex mutex_;
  hal::Condition posted_;
  std::size_t capacity_ GUARDED_BY(mutex_);
  std::size_t ring_size_ GUARDED_BY(mutex_);
  std::unique_ptr<MSG[]> ring_ GUARDED_BY(mutex_);
  std::size_t head_ GUARDED_BY(mutex_) = 0;
  std::size_t size_ GUARDED_BY(mutex_) = 0;
};

}  // namespace refwave::host
