// The event log: the driver's warnings about its configuration and its devices. It keeps them until a program
// asks for them, because a driver prints nothing and shows no message box. It also passes each line to the
// log, if the user wants a log. Any control thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <new>
#include <string>

#include "driver/event_log/log_file.h"
#include "hal/system/mutex.h"

namespace refwave::event_log {

class EventLog {
 public:
  /// Effects: keeps one line, and passes it to the log. A line that equals the newest line is not kept again.
  /// If there are more than 200 lines, the oldest one is dropped.
  void add(std::string line);
  /// Effects: passes the line that `compose()` returns to the log. Without a log `compose` is not called, so
  /// that a line nobody reads costs nothing. Does not wait for the file. A line is lost if there is no
  /// memory.
  template <class Compose>
  void report(Compose compose) const noexcept {
    const auto log = current_log();
    if (!log) return;
    try {
      log->add(compose());
    } catch (const std::bad_alloc&) {
      log->add("no memory for a line");
    }
  }

  /// Effects: from now on the log is `next`; null means no log. Returns: the log before, which the caller
  /// ends.
  std::shared_ptr<LogFile> log_to(std::shared_ptr<LogFile> next);

  /// Returns: all lines that are kept, each with a newline.
  std::string text() const;
  /// Returns: the number of lines that were ever kept.
  std::size_t count() const;

 private:
  static constexpr std::size_t kMostLines = 200;

  std::shared_ptr<LogFile> current_log() const;

  mutable hal::Mutex mutex_;  // held briefly
  std::deque<std::string> lines_ GUARDED_BY(mutex_);
  std::size_t dropped_ GUARDED_BY(mutex_) = 0;
  std::shared_ptr<LogFile> log_ GUARDED_BY(mutex_);
};

}  // namespace refwave::event_log
