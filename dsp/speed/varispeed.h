// Conversion of a stream of interleaved floats by a ratio that may change while it runs: a sound is played
// faster or slower, and its pitch rises or falls with it. The filters are those of the resampler, read
// between their rows. Control threads make it and prepare its filters; one thread at a time runs it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "dsp/audio_thread.h"
#include "dsp/filter_bank.h"
#include "dsp/filter_design.h"
#include "dsp/kernels/kernels.h"
#include "dsp/speed/ratio.h"

namespace refwave::dsp {

class Varispeed {
 public:
  /// A change of the ratio takes so many runs of output frames, each with a ratio of its own.
  static constexpr std::uint32_t kGlideRuns = 32;
  static constexpr std::uint32_t kGlideRunFrames = 16;
  /// Output frames during which one filter gives way to another.
  static constexpr std::uint32_t kFadeFrames = 256;
  /// Output frames in which one input frame more is taken for each, until a longer filter has what it needs.
  static constexpr std::uint32_t kGatherFrames = 64;

  /// Returns: null without memory. Thread: control.
  static std::unique_ptr<Varispeed> make(std::uint16_t channels, Quality quality) noexcept;

  /// Returns: what distinguishes the filter that a ratio needs. Thread: any.
  BankKey key_for(Ratio ratio) const noexcept { return key_of(filter_for(ratio / 2)); }

  /// Effects: makes the filter that a ratio needs, unless it is there. It takes some milliseconds, or no time
  /// where the caller has a share of that filter. A later set_ratio() may use it.
  /// Returns: false without memory. Thread: control, one at a time; others may run the object meanwhile.
  bool prepare(Ratio ratio) noexcept;

  /// Effects: sets the ratio, for which prepare() was called before. It holds immediately before the first
  /// frame, and is reached in a straight line later, so that no change clicks.
  REFWAVE_AUDIO_THREAD void set_ratio(Ratio ratio) noexcept;

  // The rest is as Resampler's and Speed's. At a ratio of one every frame comes out as it came in.
  REFWAVE_AUDIO_THREAD Step process(const float* in, std::size_t in_frames, float* out,
                                    std::size_t out_frames) noexcept;
  REFWAVE_AUDIO_THREAD std::size_t missing(std::size_t out_frames) noexcept;
  /// Returns: input frames that it has taken and whose place in the output has not been made yet.
  REFWAVE_AUDIO_THREAD double delay_frames() const noexcept;
  REFWAVE_AUDIO_THREAD void reset() noexcept;
  REFWAVE_AUDIO_THREAD void begin_inside() noexcept;

 private:
  /// Its place in the input is kept in this part of a frame.
  static constexpr std::uint32_t kPhases = 1U << 31;
  /// Filters for a ratio above one cut lower: twelve to an octave, up to the greatest ratio.
  static constexpr std::size_t kFilters = 4 * 12 + 1;
  static constexpr std::size_t kNone = kFilters;  // no filter: the frames as they are

  Varispeed(std::uint16_t channels, Quality quality) noexcept;
  bool make_room() noexcept;
  BankKey key_of(std::size_t filter) const noexcept;

  REFWAVE_AUDIO_THREAD const FilterBank* bank_of(std::size_t filter) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t filter_for(std::uint64_t step) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t wanted_filter() const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t frames_before(std::size_t filter) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t frames_after(std::size_t filter) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t look_ahead() const noexcept;
  REFWAVE_AUDIO_THREAD void plan_run() noexcept;
  REFWAVE_AUDIO_THREAD bool plan_filter() noexcept;
  REFWAVE_AUDIO_THREAD void plan_landing() noexcept;
  REFWAVE_AUDIO_THREAD void end_run() noexcept;
  REFWAVE_AUDIO_THREAD std::size_t frames_ready() const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t frames_missing(std::size_t out_frames) const noexcept;
  REFWAVE_AUDIO_THREAD std::size_t append(const float* in, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void apply(std::size_t filter, float* out, std::size_t frames) noexcept;
  REFWAVE_AUDIO_THREAD void make_frames(float* out, std::size_t frames) noexcept;

  const std::size_t channels_;
  const Quality quality_;
  const Kernels& kernels_;
  std::array<std::uint64_t, kFilters> reach_{};  // the greatest step of each filter

  // Written once by a control thread, with release, and never changed again. Acquire: bank_of().
  std::array<SharedBank, kFilters> owned_;
  std::array<std::atomic<const FilterBank*>, kFilters> banks_{};

  std::size_t filter_ = kNone;
  std::size_t fading_ = kNone;  // the filter before, while it fades out
  std::uint32_t fade_left_ = 0;
  std::size_t gathered_ = 0;  // frames that are held for the next filter
  // Input frames from one output frame to the next, in parts of a frame.
  std::uint64_t step_ = kPhases;
  std::uint64_t target_ = kPhases;
  std::uint32_t glide_left_ = 0;  // runs
  bool landing_ = false;          // this run ends on a whole frame
  std::uint32_t run_left_ = 0;    // output frames until the next plan
  bool begun_ = false;

  // The input, channel by channel: of each, `capacity_` samples. The next output frame's place is phase_ /
  // kPhases of a frame after at_. Samples before at_ are kept for the filters; past_ of them are known.
  Floats history_;
  Floats blend_;  // one row
  Floats old_;    // what the filter that fades out has made
  std::size_t capacity_ = 0;
  std::size_t kept_ = 0;
  std::size_t past_ = 0;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint32_t phase_ = 0;
};

}  // namespace refwave::dsp
