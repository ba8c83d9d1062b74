#include "driver/event_log/event_log.h"

#include <utility>

namespace refwave::event_log {

void EventLog::add(std::string line) {
  if (const auto log = current_log()) log->add(line);
  const hal::MutexLock lock(mutex_);
  if (!lines_.empty() && lines_.back() == line) return;
  lines_.push_back(std::move(line));
  if (lines_.size() <= kMostLines) return;
  lines_.pop_front();
  ++dropped_;
}

std::shared_ptr<LogFile> EventLog::log_to(std::shared_ptr<LogFile> next) {
  const hal::MutexLock lock(mutex_);
  return std::exchange(log_, std::move(next));
}

std::string EventLog::text() const {
  const hal::MutexLock lock(mutex_);
  std::string all;
  for (const std::string& line : lines_) all.append(line).push_back('\n');
  return all;
}

std::size_t EventLog::count() const {
  const hal::MutexLock lock(mutex_);
  return dropped_ + lines_.size();
}

std::shared_ptr<LogFile> EventLog::current_log() const {
  const hal::MutexLock lock(mutex_);
  return log_;
}

}  // namespace refwave::event_log
