// The log file that a user asked for (REFWAVE_LOG, or the key `log`). Control threads queue lines. The log's
// own thread writes them, because a disk may block, and then no client and no watchdog must wait for
// it. The log owns this thread and a bounded queue. Lines that do not fit into the queue are counted. The
// audio thread never comes here.
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

namespace refwave::event_log {

class LogFile {
 public:
  /// Appends `text`, which is whole lines. Returns: how many of its bytes were written. Thread: the log's
  /// own.
  using Write = std::function<std::size_t(std::string_view text)>;
  /// So many lines may wait to be written. Further lines are dropped and counted.
  static constexpr std::size_t kMostLines = 1'000;
  /// A file that is larger gets another name, and the log goes on in a new one.
  static constexpr std::uint64_t kMostBytes = 16 << 20;

  /// Effects: opens or creates the file `path` to append to it, and starts the thread. `process`: the number
  /// that stands in each line. `warn`: called once, on the log's thread, if lines cannot be written.
  /// Returns: the log; or null, and then `problem` says why.
  static std::shared_ptr<LogFile> open(const std::string& path, std::uint32_t process,
                                       std::function<void(std::string)> warn, std::string& problem,
                                       std::uint64_t most_bytes = kMostBytes);
  /// Effects: starts the thread, which calls `write`. Returns: the log; or null, and then `problem` says why.
  static std::shared_ptr<LogFile> start(Write write, std::uint32_t process, std::string& problem);
  ~LogFile() { end(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Effects: queues one line with the present time, and makes its control characters visible. Does not wait
  /// for the file. Thread: any control thread.
  void add(std::string_view line) noexcept;
  /// Effects: the thread writes the lines that were added so far, and ends. Waits for it, but no longer than
  /// `patience`. Lines that are added from now on are lost. A second call does nothing. Thread: one control
  /// thread at a time.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  explicit LogFile(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  static void run(Shared& shared);

  const std::shared_ptr<Shared> shared_;
  hal::OwnedThread thread_;
};

/// Returns: `text` on one line. Control characters become `\n`, `\t` or `\x1b`; a backslash stays as it is.
std::string escaped(std::string_view text);

}  // namespace refwave::event_log
