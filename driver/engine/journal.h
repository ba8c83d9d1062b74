// The driver's warnings (configuration, devices), kept until a program asks for them, because a driver prints
// nothing and shows no message box. Any control thread.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

namespace refwave::engine {

class Journal {
 public:
  /// Effects: keeps one line. A line equal to the newest is not repeated. Only the newest 200 lines are kept.
  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    if (!lines_.empty() && lines_.back() == line) return;
    lines_.push_back(std::move(line));
    if (lines_.size() > kMostLines) lines_.pop_front();
  }

  /// Returns: all lines, each with its newline.
  std::string text() const {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const std::string& line : lines_) all.append(line).push_back('\n');
    return all;
  }

 private:
  static constexpr std::size_t kMostLines = 200;

  mutable std::mutex mutex_;
  std::deque<std::string> lines_;
};

}  // namespace refwave::engine
