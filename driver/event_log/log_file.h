// The log file that a user asked for (REFWAVE_LOG, or the key `log`). Control threads queue lines, of which a
// bounded number is kept; the log's own thread writes them, because a disk may block.
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
  /// Appends whole lines. Returns: bytes written. Thread: the log's own.
  using Write = std::function<std::size_t(std::string_view text)>;
  /// Lines that may wait; further ones are dropped and counted.
  static constexpr std::size_t kMostLines = 1'000;
  /// A larger file is renamed.
  static constexpr std::uint64_t kMostBytes = 16 << 20;

  /// Effects: opens or creates the file, and starts the thread. `process`: stands in each line. `warn`:
  /// called once, on the log's thread, if writing fails. Errors: null; `problem` says why.
  static std::shared_ptr<LogFile> open(const std::string& path, std::uint32_t process,
                                       std::function<void(std::string)> warn, std::string& problem,
                                       std::uint64_t most_bytes = kMostBytes);
  /// Effects: starts the thread, which calls `write`. Errors: null; `problem` says why.
  static std::shared_ptr<LogFile> start(Write write, std::uint32_t process, std::string& problem);
  ~LogFile() { end(); }

  /// Effects: queues a line with the time, its control characters made visible. Does not wait for the file.
  void add(std::string_view line) noexcept;
  /// Effects: writes the queued lines and ends the thread, within `patience`. A second call does nothing.
  void end(std::chrono::milliseconds patience = hal::kPatience);

 private:
  struct Shared;
  explicit LogFile(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  static void run(Shared& shared);

  const std::shared_ptr<Shared> shared_;
  hal::OwnedThread thread_;
};

}  // namespace refwave::event_log
