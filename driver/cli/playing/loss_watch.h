// Watches a stream while it plays, by the driver's statistics: a device that is lost or comes back, blocks
// that were written too late, and the time that was not heard. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "driver/winmm/refwave.h"

namespace refwave::cli {

class LossWatch {
 public:
  /// `begun`: the statistics of the moment when the stream was opened.
  LossWatch(std::uint32_t rate, const REFWAVE_STATISTICS& begun) : rate_(rate), begun_(begun), now_(begun) {}

  /// Effects: counts an underrun, because the driver had played all blocks before the next one was written.
  /// The driver does not always count this, because it takes a long pause for the end of a sound.
  void note_dry() { ++dry_; }
  /// Returns: the events since the last call, one sentence for each. Underruns are told at most once a
  /// second, and at the end (`is_over`). `position`: the frames that the stream has played.
  std::vector<std::string> look(const REFWAVE_STATISTICS& now, std::uint64_t position, bool is_over);

  bool is_lost() const { return is_lost_; }
  /// Returns: the time that was played while the device was lost.
  double unheard_seconds() const { return static_cast<double>(unheard_frames_) / rate_; }
  /// Returns: how often blocks were written too late.
  std::uint64_t underruns() const;

 private:
  /// A count that is told at most once a second.
  struct Tally {
    std::uint64_t told = 0;
    std::uint64_t next_at = 0;  // frames of the stream
  };

  std::vector<std::string> device_changes(const REFWAVE_STATISTICS& now, const std::string& at);
  bool is_due(Tally& tally, std::uint64_t count, bool is_over) const;

  std::uint32_t rate_;
  REFWAVE_STATISTICS begun_;
  REFWAVE_STATISTICS now_;
  std::uint64_t dry_ = 0;
  Tally underruns_, xruns_;
  std::uint64_t position_ = 0;
  std::uint64_t unheard_frames_ = 0;
  std::uint64_t unheard_before_ = 0;  // unheard_frames_ at the beginning of the newest loss
  bool is_lost_ = false;
};

}  // namespace refwave::cli
