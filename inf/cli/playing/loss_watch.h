// Reports on a stream by the driver's statistics: devices that do not open, are lost or return, late blocks,
// where the stream is heard, and the time that is not heard. And on the device by the clock. Main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

/// On which devices a stream was heard, and for how long; the clocked device in their place is not heard.
class HeardPlaces {
 public:
  /// Effects: counts `frames` at the newest device. From now on the stream is at `device` (words for a
  /// sentence; empty: where it was).
  void note(std::uint64_t frames, const std::string& device, bool is_heard);
  /// Returns: the devices since the last call, with seconds if there are several: "\"a\"", "\"a\" for 25.9 s,
  /// and unheard for 4.10 s".
  std::string take(std::uint32_t rate);

 private:
  struct Share {
    std::string device;
    bool is_heard = true;
    std::uint64_t frames = 0;
  };

  std::vector<Share> shares_;
  std::size_t newest_ = 0;
};

/// Compares what a device delivers or takes with elapsed time: a device, or a program, that was stopped has
/// less. Main thread.
class GivenTime {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Longer than any server's pauses, and so short that two clocks hardly differ.
  static constexpr std::chrono::milliseconds kWindow{3'000};

  /// `tolerance`: what may be missing in the window, uncounted.
  GivenTime(double rate, std::chrono::milliseconds tolerance, std::chrono::milliseconds window = kWindow)
      : rate_(rate), tolerance_(tolerance), window_(window) {}

  /// Effects: notes the device's total of frames, as reported at that time.
  void note(std::uint64_t frames, Time time);
  /// Effects: notes that the program runs. Call it at least ten times a second.
  void tick(Time now);
  /// Effects: notes that the device is stopped then, so later reports are of sound from before.
  void stop(Time now) { stopped_ = now; }
  /// Returns: by how much less than elapsed time the device has delivered.
  double missing_seconds() const;
  /// Returns: whether the program was stopped (Ctrl-Z, SIGSTOP, a suspended machine).
  bool was_stopped() const { return was_stopped_; }

 private:
  using Span = std::chrono::nanoseconds;
  struct Look {
    Time time;
    Span delay;  // of the sound behind the clock
  };

  Span least_delay() const;
  Span missing_at(Span delay) const;

  static constexpr std::chrono::milliseconds kStopped{500};

  double rate_;
  Span tolerance_;
  Span window_;
  /// Of the last window, and after the last stop. Sound may be late, but never early, so the least delay is
  /// the true one.
  std::deque<Look> looks_;
  Time begun_{};
  Time window_end_{};
  Span usual_delay_{};  // of the window before
  Span missing_{};      // up to there
  Time running_{};      // when the program was last seen to run
  Time resumed_{};
  Time stopped_ = Time::max();
  bool was_stopped_ = false;
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
  /// Returns: where the stream was heard since the last call: HeardPlaces::take().
  std::string take_places() { return places_.take(rate_); }
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
