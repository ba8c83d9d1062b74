// The event log: the driver's warnings about its configuration and its devices. It keeps them until a program
// asks for them, because a driver prints nothing and shows no message box. It also passes each line to the
// log, if the user wants a log. Any control thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "driver/core/stream/error.h"
#include "driver/event_log/log_file.h"
#include "hal/device.h"
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

// Words for the log. Pure; any thread but the audio thread, because text needs memory.

/// Returns: "48000 Hz, 2 channels, s16".
std::string words_for(const dsp::Format& format);
/// Returns: "48000 Hz, 2 channels, s16, periods of 480 frames, latency 1920 frames (40 ms)".
std::string words_for(const hal::OpenInfo& info);
/// Returns: "output", "input".
const char* words_for(hal::Direction direction);
/// Returns: why a stream was refused.
const char* words_for(core::Error error);
/// Returns: "device \"ALSA/default\"".
std::string device_text(const std::string& name);
/// Returns: "1.234 s", with a point in every locale.
std::string seconds_text(std::int64_t ns);

/// Limits repeated warnings: the first one is given at once, later ones after a pause, which doubles as long
/// as they go on. One thread at a time.
class NewsLimit {
 public:
  /// Returns: how many were held back since the last one that was reported, if this one is to be reported;
  /// nothing if it is to be held back.
  std::optional<std::uint32_t> note(std::int64_t now_ns) {
    is_reported_ = now_ns >= next_ns_;
    if (!is_reported_) {
      ++held_;
      return std::nullopt;
    }
    pause_ns_ = held_ > 0 ? std::min(2 * pause_ns_, kLongestNs) : kShortestNs;
    next_ns_ = now_ns + pause_ns_;
    return std::exchange(held_, 0);
  }
  /// Returns: whether the newest one was reported.
  bool is_reported() const { return is_reported_; }

 private:
  static constexpr std::int64_t kShortestNs = 5'000'000'000;
  static constexpr std::int64_t kLongestNs = 60'000'000'000;

  std::int64_t next_ns_ = 0;
  std::int64_t pause_ns_ = kShortestNs;
  std::uint32_t held_ = 0;
  bool is_reported_ = true;  // a device that never was lost may come back, too
};

}  // namespace refwave::event_log
