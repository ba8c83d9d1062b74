// Finds the queue for a message, and has the Windows calls to post and to read. A thread's queue is made when
// the thread first asks for it, and ends with the thread. A window's messages go to the queue of the thread
// that made it.
#include <sys/syscall.h>
#include <unistd.h>
#include <winmm_host.h>

#include <memory>
#include <unordered_map>
#include <utility>

#include "driver/host/callback/message_queue.h"
#include "driver/host/handle_table.h"
#include "hal/system/mutex.h"

namespace refwave::host {
namespace {

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

/// A window is its thread's queue, as long as the thread lives.
struct Window {
  std::weak_ptr<MessageQueue> queue;
};

using WindowTable = HandleTable<HWND, Window>;

// Neither is ever destroyed, because threads may outlive main.
ThreadQueues& thread_queues() {
  static auto& queues = *new ThreadQueues;
  return queues;
}

WindowTable& windows() {
  static auto& table = *new WindowTable;
  return table;
}

/// The calling thread's queue, from its making to the thread's end.
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
  return found == nullptr ? nullptr : found->queue.lock();
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
  return windows().add(std::make_shared<Window>(Window{own_queue()}));
}

BOOL WINAPI winmm_host_destroy_window(HWND window) { return windows().remove(window) != nullptr; }

void WINAPI winmm_host_set_queue_capacity(UINT messages) { own_queue()->set_capacity(messages); }

BOOL WINAPI winmm_host_wait_message(LPMSG message, HWND window, DWORD timeout_ms) {
  MessageQueue::Deadline deadline;
  if (timeout_ms != INFINITE) {
    deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  return take(message, {window, 0, 0}, MessageQueue::Take::remove, deadline);
}
