// The log that a user asked for (REFWAVE_LOG, the key `log`): lines from control threads, which a thread of
// its own writes, because a disk may stand still, and then neither a client nor the watch over the devices
// waits. It owns that thread and a bounded queue; what does not fit is counted. The audio thread never comes
// here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hal/system/owned_thread.h"

namespace refwave::engine {

class LogFile {
 public:
  /// Appends `text`, whole lines. Returns: whether all of it was written. Thread: the log's own.
  using Write = std::function<bool(std::string_view text)>;
  /// Lines that wait to be written; those that come beyond are dropped and counted.
  static constexpr std::size_t kMostLines = 1'000;

  /// Effects: opens or creates `path`, to append, and starts the thread. `process`: stands in each line.
  /// `warn`: is called once if lines cannot be written, on the log's thread. Returns: null, and why.
  static std::shared_ptr<LogFile> open(const std::string& path, std::uint32_t process,
                                       std::function<void(std::string)> warn, std::string& problem);
  /// Effects: starts the thread, which calls `write`. Returns: null, and why.
  static std::shared_ptr<LogFile> start(Write write, std::uint32_t process, std::string& problem);
  ~LogFile() { end(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Effects: queues one line with the time of this moment; control characters are made visible. Thread: any
  /// control thread; does not wait for the file.
  void add(std::string_view line) noexcept;
  /// Effects: the lines added so far are written, and the thread ends; waits so long at most. What is added
  /// from now on is lost. A second call is harmless. Thread: one control thread at a time.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  explicit LogFile(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  static void run(Shared& shared);

  const std::shared_ptr<Shared> shared_;
  hal::OwnedThread thread_;
};

/// Returns: `text` on one line: control characters as \n, \t or \x1b, a backslash as it is.
std::string escaped(std::string_view text);

}  // namespace refwave::engine
