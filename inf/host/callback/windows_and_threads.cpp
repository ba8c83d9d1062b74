// Windows' message queues. A thread's queue is made at its first use, and ends with the thread. A window's
// messages are posted to the queue of the thread that made it.
#include <sys/syscall.h>
#include <unistd.h>
#include <windows.h>
#include <winmm_host.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>

#include "hal/system/mutex.h"
#include "inf/host/handle_table.h"

namespace refwave::host {
namespace {

/// A thread's bounded message queue. Any thread posts, its own thread reads. Posting allocates nothing, and
/// holds the lock for one copy.
class MessageQueue {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // none: forever

  /// Of one window (null: all), numbers first to last (0 and 0: all).
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

  /// Returns: the oldest message that passes; nothing at the deadline.
  std::optional<MSG> take(const Filter& filter, Take how, Deadline deadline);

  /// Effects: bounds the queue for later posts. Queued messages are kept.
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

bool MessageQueue::Filter::passes(const MSG& message) const {
  const bool in_range = (first == 0 && last == 0) || (message.message >= first && message.message <= last);
  return message.message == WM_QUIT || (in_range && (window == nullptr || window == message.hwnd));
}

MessageQueue::MessageQueue(std::size_t capacity)
    : capacity_(capacity),
      ring_size_(std::max<std::size_t>(capacity, 1)),
      ring_(std::make_unique_for_overwrite<MSG[]>(ring_size_)) {}

bool MessageQueue::post(const MSG& message) {
  {
    const hal::MutexLock lock(mutex_);
    if (size_ >= capacity_) return false;
    at(size_++) = message;
  }
  posted_.notify_all();
  return true;
}

std::optional<MSG> MessageQueue::take(const Filter& filter, Take how, Deadline deadline) {
  const hal::MutexLock lock(mutex_);
  std::optional<std::size_t> index = find(filter);
  for (bool in_time = true; !index; index = find(filter)) {
    if (!in_time) return std::nullopt;
    if (deadline) {
      in_time = posted_.wait_until(mutex_, *deadline);
    } else {
      posted_.wait(mutex_);
    }
  }
  const MSG message = at(*index);
  if (how == Take::remove) erase(*index);
  return message;
}

void MessageQueue::set_capacity(std::size_t capacity) {
  const hal::MutexLock lock(mutex_);
  const std::size_t ring_size = std::max({capacity, size_, std::size_t{1}});
  auto ring = std::make_unique_for_overwrite<MSG[]>(ring_size);
  for (std::size_t i = 0; i < size_; ++i) ring[i] = at(i);
  ring_ = std::move(ring);
  ring_size_ = ring_size;
  head_ = 0;
  capacity_ = capacity;
}

std::optional<std::size_t> MessageQueue::find(const Filter& filter) {
  for (std::size_t i = 0; i < size_; ++i) {
    if (filter.passes(at(i))) return i;
  }
  return std::nullopt;
}

void MessageQueue::erase(std::size_t index) {
  for (; index > 0; --index) at(index) = at(index - 1);
  head_ = (head_ + 1) % ring_size_;
  --size_;
}

constexpr std::size_t kUsualCapacity = 10'000;  // as on Windows

class ThreadQueues {
 public:
  std::shared_ptr<MessageQueue> find(DWORD thread) {
    const hal::MutexLock lock(mutex_);
    const auto found = queues_.find(thread);
    return found == queues_.end() ? nullptr : found->second;
  }

  void add(DWORD thread, std::shared_ptr<MessageQueue> queue) {
    const hal::MutexLock lock(mutex_);
    queues_.insert_or_assign(thread, std::move(queue));
  }

  void remove(DWORD thread) {
    const hal::MutexLock lock(mutex_);
    queues_.erase(thread);
  }

 private:
  hal::Mutex mutex_;
  std::unordered_map<DWORD, std::shared_ptr<MessageQueue>> queues_ GUARDED_BY(mutex_);
};

struct Window {
  std::weak_ptr<MessageQueue> queue;
};

using WindowTable = HandleTable<HWND, Window>;

ThreadQueues& thread_queues() {
  static auto& queues = *new ThreadQueues;  // never destroyed: threads may outlive main
  return queues;
}

WindowTable& windows() {
  static constinit WindowTable table;
  return table;
}

struct OwnQueue {
  OwnQueue() { thread_queues().add(thread, queue); }
  ~OwnQueue() { thread_queues().remove(thread); }
  OwnQueue(const OwnQueue&) = delete;
  OwnQueue& operator=(const OwnQueue&) = delete;

  const DWORD thread = GetCurrentThreadId();
  const std::shared_ptr<MessageQueue> queue = std::make_shared<MessageQueue>(kUsualCapacity);
};

const std::shared_ptr<MessageQueue>& own_queue() {
  thread_local OwnQueue own;
  return own.queue;
}

std::shared_ptr<MessageQueue> queue_of(HWND window) {
  const auto found = windows().find(window);
  return found ? found->queue.lock() : nullptr;
}

BOOL post(const std::shared_ptr<MessageQueue>& queue, HWND window, UINT message, WPARAM wparam,
          LPARAM lparam) {
  if (queue == nullptr) return FALSE;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return queue->post({window, message, wparam, lparam, static_cast<DWORD>(now_ms), {}});
}

BOOL take(LPMSG message, const MessageQueue::Filter& filter, MessageQueue::Take how,
          MessageQueue::Deadline deadline) {
  const auto taken = own_queue()->take(filter, how, deadline);
  if (!taken || message == nullptr) return FALSE;
  *message = *taken;
  return TRUE;
}

}  // namespace
}  // namespace refwave::host

using namespace refwave::host;

DWORD WINAPI GetCurrentThreadId() { return static_cast<DWORD>(syscall(SYS_gettid)); }

BOOL WINAPI GetMessageW(LPMSG message, HWND window, UINT first, UINT last) {
  take(message, {window, first, last}, MessageQueue::Take::remove, std::nullopt);
  return message != nullptr && message->message != WM_QUIT;
}

BOOL WINAPI PeekMessageW(LPMSG message, HWND window, UINT first, UINT last, UINT remove) {
  const auto how = (remove & PM_REMOVE) != 0 ? MessageQueue::Take::remove : MessageQueue::Take::leave;
  return take(message, {window, first, last}, how, std::chrono::steady_clock::now());
}

BOOL WINAPI PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  return post(queue_of(window), window, message, wparam, lparam);
}

BOOL WINAPI PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam) {
  return post(thread_queues().find(thread), nullptr, message, wparam, lparam);
}

BOOL WINAPI GetMessageA(LPMSG message, HWND window, UINT first, UINT last) {
  return GetMessageW(message, window, first, last);
}

BOOL WINAPI PeekMessageA(LPMSG message, HWND window, UINT first, UINT last, UINT remove) {
  return PeekMessageW(message, window, first, last, remove);
}

BOOL WINAPI PostMessageA(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  return PostMessageW(window, message, wparam, lparam);
}

BOOL WINAPI PostThreadMessageA(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam) {
  return PostThreadMessageW(thread, message, wparam, lparam);
}

BOOL WINAPI IsWindow(HWND window) { return queue_of(window) != nullptr; }

HWND WINAPI winmm_host_create_window() {
  try {
    return windows().add(std::make_unique<Window>(Window{own_queue()})).handle();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

BOOL WINAPI winmm_host_destroy_window(HWND window) { return windows().remove(window) ? TRUE : FALSE; }

void WINAPI winmm_host_set_queue_capacity(UINT messages) { own_queue()->set_capacity(messages); }

BOOL WINAPI winmm_host_wait_message(LPMSG message, HWND window, DWORD timeout_ms) {
  MessageQueue::Deadline deadline;
  if (timeout_ms != INFINITE) {
    deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  return take(message, {window, 0, 0}, MessageQueue::Take::remove, deadline);
}
