// The event log: warnings, kept until a program asks for them, and passed on to the log, if there is one.
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
#include "hal/system/back_off.h"
#include "hal/system/mutex.h"

namespace refwave::event_log {

class EventLog {
 public:
  enum class Kept : std::uint8_t { no, yes };
  /// Effects: logs a line, and keeps it, unless it equals the newest one; the last 200 stay.
  void add(std::string line, Kept kept = Kept::yes);
  /// Effects: logs the line that `compose()` returns, if there is a log. Does not wait for the file.
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

  /// Effects: logs to `next` from now on; null: nowhere. Returns: the previous log, which the caller ends.
  std::shared_ptr<LogFile> log_to(std::shared_ptr<LogFile> next);

  /// Returns: the kept lines, each with a newline.
  std::string text() const;
  /// Returns: how many lines were ever kept.
  std::size_t count() const;

 private:
  static constexpr std::size_t kMostLines = 200;

  std::shared_ptr<LogFile> current_log() const;

  mutable hal::Mutex mutex_;  // held briefly
  std::deque<std::string> lines_ GUARDED_BY(mutex_);
  std::size_t dropped_ GUARDED_BY(mutex_) = 0;
  std::shared_ptr<LogFile> log_ GUARDED_BY(mutex_);
};

/// Returns: "48000 Hz, 2 channels, s16".
std::string words_for(const dsp::Format& format);
/// Returns: "48000 Hz, 2 channels, s16, periods of 480 frames, latency 1920 frames (40 ms)".
std::string words_for(const hal::OpenInfo& info);
const char* words_for(hal::Direction direction);
const char* words_for(core::Error error);
std::string device_text(const std::string& name);
/// Returns: "1.234 s", with a point in every locale.
std::string seconds_text(std::int64_t ns);

/// Limits repeated warnings: the first is reported, later ones after a pause that doubles.
class NewsLimit {
 public:
  /// Returns: how many were held back before this one, if it is to be reported; nothing if it is held back.
  std::optional<std::uint32_t> note(std::int64_t now_ns) {
    is_reported_ = back_off_.is_due(now_ns);
    if (!is_reported_) {
      ++held_;
      return std::nullopt;
    }
    if (held_ == 0) back_off_.note_success();
    back_off_.note_failure(now_ns);
    return std::exchange(held_, 0);
  }
  /// Returns: whether the newest one was reported.
  EventLog::Kept newest() const { return is_reported_ ? EventLog::Kept::yes : EventLog::Kept::no; }

 private:
  hal::BackOff back_off_{5'000'000'000, 60'000'000'000};
  std::uint32_t held_ = 0;
  bool is_reported_ = true;  // a device that never was lost may come back, too
};

}  // namespace refwave::event_log
