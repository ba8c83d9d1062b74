// What the driver tells: its warnings (configuration, devices), kept until a program asks for them, because a
// driver prints nothing and shows no message box; and the log, if the user wants one. Any control thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include "driver/engine/log/log_file.h"

namespace refwave::engine {

class Journal {
 public:
  /// Effects: keeps one line, and tells it to the log. A line equal to the newest is not repeated; of more
  /// than 200 the oldest go.
  void add(std::string line);
  /// Effects: tells the log what `compose()` returns, a line; without a log it is not called. Does not wait
  /// for the file. A line for which there is no memory is lost.
  template <class Compose>
  void tell(Compose compose) const noexcept {
    const auto log = current_log();
    if (!log) return;
    try {
      log->add(compose());
    } catch (const std::bad_alloc&) {
      log->add("no memory for a line");
    }
  }

  /// Effects: the log is `next` from now on; null: none. Returns: the one before, which the caller ends.
  std::shared_ptr<LogFile> log_to(std::shared_ptr<LogFile> next);

  /// Returns: all kept lines, each with its newline.
  std::string text() const;

 private:
  static constexpr std::size_t kMostLines = 200;

  std::shared_ptr<LogFile> current_log() const;

  mutable std::mutex mutex_;  // held for moments only
  std::deque<std::string> lines_;
  std::shared_ptr<LogFile> log_;
};

}  // namespace refwave::engine
