// Output comes in runs, and within a run the ratio does not change. Between two runs plan_run() decides what
// comes next: another filter fades in, the ratio moves on towards its target, or the place lands on a whole
// frame, from which on the frames are passed on as they are.
#include "dsp/speed/varispeed.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace refwave::dsp {
namespace {

double stretch_of(std::size_t filter) noexcept { return std::exp2(static_cast<double>(filter) / 12); }

}  // namespace

std::unique_ptr<Varispeed> Varispeed::make(std::uint16_t channels, Quality quality) noexcept {
  std::unique_ptr<Varispeed> made(new (std::nothrow) Varispeed(channels, quality));
  return made && made->make_room() ? std::move(made) : nullptr;
}

Varispeed::Varispeed(std::uint16_t channels, Quality quality) noexcept
    : channels_(channels), quality_(quality), kernels_(kernels()) {
  for (std::size_t filter = 0; filter < kFilters; ++filter)
    reach_[filter] = static_cast<std::uint64_t>(std::llround(stretch_of(filter) * kPhases));
}

bool Varispeed::make_room() noexcept {
  // Input frames to take before the remaining ones move to the front.
  constexpr std::size_t kRoomFrames = 1024;
  const std::size_t longest = key_of(kFilters - 1).row_length();
  kept_ = longest;
  capacity_ = 2 * longest + kRoomFrames;
  history_ = make_floats(capacity_ * channels_);
  blend_ = make_floats(longest);
  old_ = make_floats(kFadeFrames * channels_);
  if (!history_ || !blend_ || !old_) return false;
  reset();
  return true;
}

BankKey Varispeed::key_of(std::size_t filter) const noexcept {
  constexpr std::uint32_t kOne = 1U << 20;
  const double stretch = stretch_of(filter);
  const auto in_rate = static_cast<std::uint32_t>(std::lround(stretch * kOne));
  return {.shape = filter_shape(quality_, in_rate, kOne),
          .rows_a_frame = static_cast<std::uint32_t>(kRowsBetween / stretch) + 1};
}

bool Varispeed::prepare(Ratio ratio) noexcept {
  const std::size_t filter = filter_for(ratio / 2);
  if (owned_[filter]) return true;
  owned_[filter] = shared_bank(key_of(filter));
  if (!owned_[filter]) return false;
  // Release: pairs with bank_of().
  banks_[filter].store(owned_[filter].get(), std::memory_order_release);
  return true;
}

void Varispeed::set_ratio(Ratio ratio) noexcept {
  const std::uint64_t target = ratio / 2;
  if (target == target_) return;
  target_ = target;
  glide_left_ = kGlideRuns;
  run_left_ = 0;
  if (begun_) return;
  step_ = target_;
  filter_ = wanted_filter();
}

Step Varispeed::process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) noexcept {
  Step done;
  while (done.out_made < out_frames) {
    if (run_left_ == 0) plan_run();
    const std::size_t left = std::min<std::size_t>(out_frames - done.out_made, run_left_);
    const std::size_t ready = std::min(frames_ready(), left);
    if (ready > 0) {
      make_frames(out + done.out_made * channels_, ready);
      done.out_made += ready;
      continue;
    }
    const std::size_t offered = std::min(in_frames - done.in_used, frames_missing(left));
    if (offered == 0) break;
    done.in_used += append(in + done.in_used * channels_, offered);
  }
  if (done.in_used != 0) begun_ = true;
  return done;
}

const FilterBank* Varispeed::bank_of(std::size_t filter) const noexcept {
  // Acquire: pairs with prepare().
  return filter == kNone ? nullptr : banks_[filter].load(std::memory_order_acquire);
}

/// Returns: the filter that passes nothing above the output's Nyquist frequency.
std::size_t Varispeed::filter_for(std::uint64_t step) const noexcept {
  std::size_t filter = 0;
  while (filter + 1 < kFilters && reach_[filter] < step) ++filter;
  return filter;
}

/// Returns: the filter for the ratio now and for the one to come. A ratio in the middle of a glide may have
/// none of its own, and the next one that is there cuts lower.
std::size_t Varispeed::wanted_filter() const noexcept {
  const std::uint64_t step = landing_ ? kPhases : step_;
  if (step == kPhases && target_ == kPhases && phase_ == 0) return kNone;
  std::size_t filter = filter_for(std::max(step, target_));
  while (filter < kFilters && bank_of(filter) == nullptr) ++filter;
  return filter < kFilters ? filter : filter_;
}

/// Returns: input frames that the filter needs before the one at which it stands, and after it.
std::size_t Varispeed::frames_before(std::size_t filter) const noexcept {
  const FilterBank* bank = bank_of(filter);
  return bank == nullptr ? 0 : bank->key.row_length() - bank->key.shape.half_frames - 1;
}
std::size_t Varispeed::frames_after(std::size_t filter) const noexcept {
  const FilterBank* bank = bank_of(filter);
  return bank == nullptr ? 0 : bank->key.shape.half_frames;
}

/// Returns: input frames to hold beyond the one at which it stands.
std::size_t Varispeed::look_ahead() const noexcept {
  const std::size_t now = std::max(frames_after(filter_), gathered_);
  return fade_left_ == 0 ? now : std::max(now, frames_after(fading_));
}

/// Effects: decides how the next output frames are made: the ratio, the filters, and for how many frames.
void Varispeed::plan_run() noexcept {
  landing_ = false;
  if (plan_filter()) return;
  if (step_ == target_) {
    if (step_ == kPhases && phase_ != 0) {
      plan_landing();
    } else {
      run_left_ = std::numeric_limits<std::uint32_t>::max();
    }
    return;
  }
  const auto far = static_cast<std::int64_t>(target_) - static_cast<std::int64_t>(step_);
  step_ = glide_left_ <= 1 ? target_
                           : static_cast<std::uint64_t>(static_cast<std::int64_t>(step_) +
                                                        far / static_cast<std::int64_t>(glide_left_));
  if (glide_left_ > 1) --glide_left_;
  run_left_ = kGlideRunFrames;
}

/// Effects: begins or continues a change of the filter, at a steady ratio. A longer filter's frames are
/// gathered little by little, because clients may queue little. Returns: whether there is one.
bool Varispeed::plan_filter() noexcept {
  if (fade_left_ == 0) {
    const std::size_t wanted = wanted_filter();
    gathered_ = wanted == filter_ ? 0 : std::max(gathered_, frames_after(filter_));
    if (wanted == filter_) return false;
    const std::size_t after = frames_after(wanted);
    if (past_ < frames_before(wanted) || gathered_ < after) {
      gathered_ = std::min(std::max(after, gathered_), gathered_ + kGatherFrames);
      run_left_ = kGatherFrames;
      return true;
    }
    fading_ = filter_;
    filter_ = wanted;
    fade_left_ = kFadeFrames;
  }
  run_left_ = fade_left_;
  return true;
}

/// Effects: a run whose end lies on a whole frame.
void Varispeed::plan_landing() noexcept {
  landing_ = true;
  run_left_ = kFadeFrames;
  step_ = kPhases + (kPhases - phase_) / kFadeFrames;
}

void Varispeed::end_run() noexcept {
  if (!landing_) return;
  // The division's rest is less than a ten-millionth of a frame.
  if (phase_ != 0 && phase_ > kPhases / 2) ++at_;
  phase_ = 0;
  step_ = kPhases;
}

/// Returns: output frames of this run that can be made of what is held.
std::size_t Varispeed::frames_ready() const noexcept {
  const std::size_t needed = at_ + look_ahead();
  if (end_ <= needed) return 0;
  return static_cast<std::size_t>((std::uint64_t{end_ - needed} * kPhases - phase_ - 1) / step_ + 1);
}

/// Returns: input frames that so many output frames of this run need, and that are not held yet.
std::size_t Varispeed::frames_missing(std::size_t out_frames) const noexcept {
  // More would not fit.
  const std::uint64_t frames = std::min<std::uint64_t>(out_frames, 1U << 16);
  const std::uint64_t last = at_ + (phase_ + (frames - 1) * step_) / kPhases;
  const std::size_t needed = static_cast<std::size_t>(last) + look_ahead() + 1;
  return needed > end_ ? needed - end_ : 0;
}

std::size_t Varispeed::missing(std::size_t out_frames) noexcept {
  if (run_left_ == 0) plan_run();
  return frames_missing(std::min<std::size_t>(out_frames, run_left_));
}

/// Effects: takes as many of the frames as fit. Returns: how many; at least one.
std::size_t Varispeed::append(const float* in, std::size_t frames) noexcept {
  if (end_ + frames > capacity_) {
    const std::size_t from = at_ - kept_;
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      float* const samples = history_.get() + channel * capacity_;
      std::memmove(samples, samples + from, (end_ - from) * sizeof(float));
    }
    at_ -= from;
    end_ -= from;
  }
  frames = std::min(frames, capacity_ - end_);
  kernels_.separate(in, frames, channels_, history_.get() + end_, capacity_);
  end_ += frames;
  return frames;
}

/// Effects: makes output frames with one filter, and does not move on.
void Varispeed::apply(std::size_t filter, float* out, std::size_t frames) noexcept {
  const FilterBank* bank = bank_of(filter);
  if (bank == nullptr) {
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      const float* const samples = history_.get() + channel * capacity_ + at_;
      for (std::size_t frame = 0; frame < frames; ++frame) out[frame * channels_ + channel] = samples[frame];
    }
    return;
  }
  const FilterRun run = {.rows = bank->coefficients.get(),
                         .row_length = bank->key.row_length(),
                         .rows_a_frame = bank->key.rows_a_frame,
                         .blend = blend_.get(),
                         .window = history_.get() + at_ - frames_before(filter),
                         .stride = capacity_,
                         .channels = channels_,
                         .phase = phase_,
                         .phases = kPhases,
                         .whole = static_cast<std::uint32_t>(step_ / kPhases),
                         .part = static_cast<std::uint32_t>(step_ % kPhases)};
  kernels_.filter_between_rows(run, out, frames);
}

/// Effects: makes output frames of the run that is planned, and moves on.
void Varispeed::make_frames(float* out, std::size_t frames) noexcept {
  apply(filter_, out, frames);
  if (fade_left_ != 0) {
    apply(fading_, old_.get(), frames);
    for (std::size_t frame = 0; frame < frames; ++frame) {
      const float share = static_cast<float>(fade_left_ - frame) / kFadeFrames;
      for (std::size_t i = frame * channels_; i < (frame + 1) * channels_; ++i)
        out[i] += (old_[i] - out[i]) * share;
    }
    fade_left_ -= static_cast<std::uint32_t>(frames);
  }
  const std::uint64_t moved = phase_ + frames * step_;
  const auto whole = static_cast<std::size_t>(moved / kPhases);
  at_ += whole;
  past_ = std::min(past_ + whole, kept_);
  phase_ = static_cast<std::uint32_t>(moved % kPhases);
  run_left_ -= static_cast<std::uint32_t>(frames);
  if (run_left_ == 0) end_run();
}

double Varispeed::delay_frames() const noexcept {
  return static_cast<double>(end_) - static_cast<double>(at_) - static_cast<double>(phase_) / kPhases;
}

void Varispeed::reset() noexcept {
  at_ = end_ = past_ = kept_;
  phase_ = 0;
  step_ = target_;
  fade_left_ = run_left_ = glide_left_ = 0;
  gathered_ = 0;
  landing_ = begun_ = false;
  filter_ = kNone;
  filter_ = wanted_filter();
  for (std::size_t channel = 0; channel < channels_; ++channel)
    std::fill_n(history_.get() + channel * capacity_, kept_, 0.0F);
}

void Varispeed::begin_inside() noexcept {
  target_ = kPhases;
  reset();
  past_ = 0;
  begun_ = true;
}

}  // namespace refwave::dsp
