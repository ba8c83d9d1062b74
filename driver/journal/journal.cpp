#include "driver/journal/journal.h"

#include <utility>

namespace refwave::journal {

void Journal::add(std::string line) {
  if (const auto log = current_log()) log->add(line);
  const hal::MutexLock lock(mutex_);
  if (!lines_.empty() && lines_.back() == line) return;
  lines_.push_back(std::move(line));
  if (lines_.size() <= kMostLines) return;
  lines_.pop_front();
  ++dropped_;
}

std::shared_ptr<LogFile> Journal::log_to(std::shared_ptr<LogFile> next) {
  const hal::MutexLock lock(mutex_);
  return std::exchange(log_, std::move(next));
}

std::string Journal::text() const {
  const hal::MutexLock lock(mutex_);
  std::string all;
  for (const std::string& line : lines_) all.append(line).push_back('\n');
  return all;
}

std::size_t Journal::count() const {
  const hal::MutexLock lock(mutex_);
  return dropped_ + lines_.size();
}

std::shared_ptr<LogFile> Journal::current_log() const {
  const hal::MutexLock lock(mutex_);
  return log_;
}

}  // namespace refwave::journal
