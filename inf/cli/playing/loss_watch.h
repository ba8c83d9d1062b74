// Reports on a stream by the driver's statistics: devices that do not open, are lost or return, late blocks,
// where the stream is heard, and the time that is not heard. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// On which devices a stream was heard, and for how long; the clocked device in their place is not heard.
class HeardPlaces {
 public:
  /// Effects: from `position` on the stream is at `device` (words for a sentence).
  void note(std::uint64_t position, const std::string& device, bool is_heard);
  /// Effects: the stream's position restarts at 0, on the newest device.
  void restart();

  /// Returns: the devices of the frames from `begin` to `end`, with seconds if there are several: "\"a\"",
  /// "\"a\" for 25.9 s, and unheard for 4.10 s".
  std::string text(std::uint64_t begin, std::uint64_t end, std::uint32_t rate) const;

 private:
  struct Place {
    std::uint64_t from = 0;
    std::string device;
    bool is_heard = true;
  };

  std::vector<Place> places_;
};

class LossWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Stream : std::uint8_t { played, recorded };

  /// `begun`: the statistics of the moment when the stream was opened.
  LossWatch(std::uint32_t rate, const REFWAVE_STATISTICS& begun, Stream stream = Stream::played);

  /// Effects: counts an underrun: all blocks were played before the next one was written. The driver takes a
  /// long pause for the end of a sound, and does not count it.
  void note_dry() { ++dry_; }
  /// Returns: the events since the last call, a sentence each. Underruns are reported at most once a second,
  /// and at the end (`is_over`); the first loss and its return immediately, later ones as a summary after a
  /// pause that doubles while they continue. `position`: the frames that the stream has played.
  std::vector<std::string> look(const REFWAVE_STATISTICS& now, std::uint64_t position, Time time,
                                bool is_over);

  /// Effects: the stream's position restarts at 0.
  void restart();

  bool is_lost() const { return is_lost_; }
  /// Returns: what look() has seen last.
  const REFWAVE_STATISTICS& newest() const { return now_; }
  /// Returns: the time played while the device was missing.
  double unheard_seconds() const { return static_cast<double>(unheard_frames_) / rate_; }
  /// Returns: the time of what the device accepted and did not play.
  double dropped_seconds() const { return dropped_seconds_; }
  /// Returns: where the frames from `begin` to `end` were heard: HeardPlaces::text().
  std::string places(std::uint64_t begin, std::uint64_t end) const { return places_.text(begin, end, rate_); }
  /// Returns: how often blocks were late; of a recording, the frames for which no block was queued.
  std::uint64_t underruns() const;

 private:
  /// A count that is reported at most once a second.
  struct Tally {
    std::uint64_t reported = 0;
    std::uint64_t next_at = 0;  // frames of the stream
  };

  /// The pauses between reports of lost devices.
  static constexpr std::chrono::seconds kShortestPause{5};
  static constexpr std::chrono::seconds kLongestPause{60};

  std::string underrun_text() const;
  std::string silence_text() const;
  std::string device_changes(const REFWAVE_STATISTICS& now, Time time, bool is_over);
  std::string held_losses(Time time);
  bool is_due(Tally& tally, std::uint64_t count, bool is_over) const;

  std::uint32_t rate_;
  Stream stream_;
  REFWAVE_STATISTICS begun_;
  REFWAVE_STATISTICS now_;
  std::uint64_t dry_ = 0;
  Tally underruns_, xruns_;
  HeardPlaces places_;
  std::uint64_t position_ = 0;
  std::uint64_t unheard_frames_ = 0;
  double dropped_seconds_ = 0;
  bool is_lost_ = false;
  bool is_reported_lost_ = false;  // what was said last
  bool is_beginning_ = true;       // nothing was said yet
  std::uint64_t held_ = 0;         // losses that were not reported yet
  Time next_loss_{Time::min()};    // when the next loss may be reported
  std::chrono::seconds pause_{};   // before that; none before the first loss
};

}  // namespace refwave::cli
