// More or fewer frames of the same sound: the duration changes and the pitch does not. A stream is cut into
// overlapping segments, which are put together closer or further apart. Each segment is taken where the sound
// is most like the one that would have followed, so that waves continue (WSOLA). That place lies between two
// frames, so a segment's frames are read through a filter.
//
// The source is W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA)
// for high quality time-scale modification of speech", ICASSP 1993. One thread runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "dsp/audio_thread.h"
#include "dsp/filter_bank.h"
#include "dsp/speed/joint.h"
#include "dsp/speed/ratio.h"

namespace refwave::dsp {

class TimeStretch {
 public:
  /// Returns: null without memory. `rate`: frames a second, because a segment lasts a time. Thread: control.
  static std::unique_ptr<TimeStretch> make(std::uint16_t channels, std::uint32_t rate) noexcept;
  TimeStretch(const TimeStretch&) = delete;
  TimeStretch& operator=(const TimeStretch&) = delete;

  /// Effects: each input frame becomes `factor` output frames, from the next segment on. At unity, once the
  /// segment before has ended, every frame comes out as it came in.
  REFWAVE_AUDIO_THREAD void set_factor(Factor factor) noexcept;

  // As Speed's, of the frames that are stretched.
  REFWAVE_AUDIO_THREAD Step process(const float* in, std::size_t in_frames, float* out,
                                    std::size_t out_frames) noexcept;
  REFWAVE_AUDIO_THREAD std::size_t missing(std::size_t out_frames) noexcept;
  /// Returns: input frames that it has taken and whose time in the output has not come yet. A segment may
  /// be taken some milliseconds away from its time.
  REFWAVE_AUDIO_THREAD double delay_frames() const noexcept;
  REFWAVE_AUDIO_THREAD void reset() noexcept;
  REFWAVE_AUDIO_THREAD void begin_inside() noexcept;

 private:
  TimeStretch(std::uint16_t channels, std::uint32_t rate) noexcept;
  bool make_room() noexcept;

  /// One place for a segment, and how like it is to the frames that would have followed.
  struct Match {
    std::size_t at = 0;
    float likeness = 0;
  };

  REFWAVE_AUDIO_THREAD double wanted_start() const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t frames_for_segment() const noexcept;
  REFWAVE_AUDIO_THREAD bool has_landed() const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t copy_frames(float* out, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD std::size_t join_frames(float* out, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void begin_segment() noexcept;
  REFWAVE_AUDIO_THREAD void read(Place place, const FractionalDelay::Row& row, float* out,
                                 std::size_t frames) const noexcept;
  REFWAVE_AUDIO_THREAD void plan_landing() noexcept;
  REFWAVE_AUDIO_THREAD Place next_place() noexcept;
  REFWAVE_AUDIO_THREAD Place best_place(std::size_t low, std::size_t high, std::size_t middle) noexcept;
  REFWAVE_AUDIO_THREAD std::size_t coarse_start(std::size_t low, std::size_t high,
                                                std::size_t middle) noexcept;
  REFWAVE_AUDIO_THREAD float likeness_at(std::size_t start) const noexcept;
  REFWAVE_AUDIO_THREAD Place refined(const Match& best) noexcept;
  REFWAVE_AUDIO_THREAD void thin_out(std::size_t from, std::size_t points, float* out) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t append(const float* in, std::size_t frames) noexcept;

  // Frames around a segment that its filter, or the search for its place, may read.
  static constexpr std::size_t kBefore = FractionalDelay::kBefore + kMostRefined + 2;
  static constexpr std::size_t kAfter = FractionalDelay::kAfter + kMostRefined;

  const std::size_t channels_;
  const std::size_t segment_;  // frames by which two segments overlap, which is half of a segment
  const std::size_t search_;   // frames to either side of its time at which a segment may begin
  const std::size_t thin_;     // frames that are one point of the coarse search

  Factor wanted_ = kUnity;
  Factor factor_ = kUnity;  // of the segment that plays

  FractionalDelay filter_;
  Floats window_;   // how loud the next segment is, frame by frame
  Floats coarse_;   // the points of the coarse search: of what would follow, then of where to look
  Floats pattern_;  // what would follow, of which the segment before is made
  Floats slope_;    // of it
  Floats held_;     // the input, interleaved
  std::size_t capacity_ = 0;
  std::size_t end_ = 0;

  // Places in held_. What would follow begins at follows_; the segment that comes next, at next_. joined_ of
  // segment_ frames are made of the two. The input's time moves on evenly meanwhile, from time_ to
  // next_time_, and the segments lie near it. While frames are copied, time_ is theirs.
  bool copying_ = true;
  bool begun_ = false;
  std::size_t reserve_ = 0;  // frames that are gathered for the first segment, while others are copied
  Place follows_;
  Place next_;
  FractionalDelay::Row next_row_{};
  std::size_t joined_ = 0;
  double time_ = 0;
  double next_time_ = 0;
};

}  // namespace refwave::dsp
