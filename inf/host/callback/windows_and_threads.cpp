// Windows' message queues. A thread's queue is made at its first use, and ends with the thread. A window's
// messages are posted to the queue of the thread that made it.
#include <sys/syscall.h>
#include <unistd.h>
#include <windows.h>
#include <winmm_host.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hal/system/mutex.h"
#include "inf/host/handle_table.h"

namespace refwave::host {
namespace {

/// A thread's bounded message queue. Any thread posts, its own thread reads. Posting allocates nothing, and
/// holds the lock for one copy.
class MessageQueue {
 public:
  /// Of one window (null: all), numbers first to last (0 and 0: all).
  struct Filter {
    HWND window = nullptr;
    UINT first = 0;
    UINT last = 0;
    bool passes(const MSG& message) const;
  };

  enum class Take { remove, leave };
  enum class Wait { no, yes };

  explicit MessageQueue(std::size_t capacity) { set_capacity(capacity); }

  /// Returns: false if the queue is full.
  bool post(const MSG& message);

  /// Returns: the oldest message that passes; nothing if there is none, and it does not wait.
  std::optional<MSG> take(const Filter& filter, Take how, Wait wait);

  /// Effects: bounds the queue for later posts. Queued messages are kept.
  void set_capacity(std::size_t capacity);

 private:
  hal::Mutex mutex_;
  hal::Condition posted_;
  std::ptrdiff_t capacity_ GUARDED_BY(mutex_) = 0;
  std::vector<MSG> messages_ GUARDED_BY(mutex_);  // has room for twice as many
  std::ptrdiff_t first_ GUARDED_BY(mutex_) = 0;   // the oldest; those before it are removed in one go
};

bool MessageQueue::Filter::passes(const MSG& message) const {
  const bool in_range = (first == 0 && last == 0) || (message.message >= first && message.message <= last);
  return message.message == WM_QUIT || (in_range && (window == nullptr || window == message.hwnd));
}

bool MessageQueue::post(const MSG& message) {
  {
    const hal::MutexLock lock(mutex_);
    if (std::ssize(messages_) - first_ >= capacity_) return false;
    messages_.push_back(message);
  }
  posted_.notify_all();
  return true;
}

std::optional<MSG> MessageQueue::take(const Filter& filter, Take how, Wait wait) {
  const auto passes = [&](const MSG& message) { return filter.passes(message); };
  const hal::MutexLock lock(mutex_);
  auto found = std::find_if(messages_.begin() + first_, messages_.end(), passes);
  while (found == messages_.end()) {
    if (wait == Wait::no) return std::nullopt;
    posted_.wait(mutex_);
    found = std::find_if(messages_.begin() + first_, messages_.end(), passes);
  }
  const MSG message = *found;
  if (how == Take::leave) return message;
  if (found != messages_.begin() + first_) {
    messages_.erase(found);
  } else if (++first_ >= capacity_ || first_ == std::ssize(messages_)) {
    messages_.erase(messages_.begin(), messages_.begin() + std::exchange(first_, 0));
  }
  return message;
}

void MessageQueue::set_capacity(std::size_t capacity) {
  const hal::MutexLock lock(mutex_);
  messages_.reserve(2 * capacity);
  capacity_ = static_cast<std::ptrdiff_t>(capacity);
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
  return queue->post({window, message, wparam, lparam, timeGetTime(), {}});
}

BOOL take(LPMSG message, const MessageQueue::Filter& filter, MessageQueue::Take how,
          MessageQueue::Wait wait) {
  const auto taken = own_queue()->take(filter, how, wait);
  if (!taken || message == nullptr) return FALSE;
  *message = *taken;
  return TRUE;
}

}  // namespace
}  // namespace refwave::host

using namespace refwave::host;

DWORD WINAPI GetCurrentThreadId() { return static_cast<DWORD>(syscall(SYS_gettid)); }

BOOL WINAPI GetMessageW(LPMSG message, HWND window, UINT first, UINT last) {
  take(message, {window, first, last}, MessageQueue::Take::remove, MessageQueue::Wait::yes);
  return message != nullptr && message->message != WM_QUIT;
}

BOOL WINAPI PeekMessageW(LPMSG message, HWND window, UINT first, UINT last, UINT remove) {
  const auto how = (remove & PM_REMOVE) != 0 ? MessageQueue::Take::remove : MessageQueue::Take::leave;
  return take(message, {window, first, last}, how, MessageQueue::Wait::no);
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
