// A ring of messages. A filter may take a message from the middle; then the older messages move up by one.
#include "driver/host/callback/message_queue.h"

#include <algorithm>

namespace refwave::host {

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

}  // namespace refwave::host
