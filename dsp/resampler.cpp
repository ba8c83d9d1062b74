#include "dsp/resampler.h"

#include <cstring>
#include <new>
#include <numeric>
#include <utility>

namespace refwave::dsp {
namespace {

constexpr std::uint64_t kMostRatio = 256;

bool is_possible(std::uint16_t channels, std::uint32_t in_rate, std::uint32_t out_rate) noexcept {
  if (channels == 0 || channels > kMaxChannels || in_rate == 0 || out_rate == 0) return false;
  return in_rate <= kMostRatio * out_rate && out_rate <= kMostRatio * in_rate;
}

}  // namespace

std::unique_ptr<Resampler> Resampler::make(std::uint16_t channels, std::uint32_t in_rate,
                                           std::uint32_t out_rate, Quality quality) noexcept {
  if (!is_possible(channels, in_rate, out_rate)) return nullptr;
  const std::uint32_t divisor = std::gcd(in_rate, out_rate);
  in_rate /= divisor;
  out_rate /= divisor;
  SharedBank bank = shared_bank(bank_key(quality, in_rate, out_rate));
  if (!bank) return nullptr;
  std::unique_ptr<Resampler> made(new (std::nothrow) Resampler(channels, in_rate, out_rate, std::move(bank)));
  return made && made->make_room() ? std::move(made) : nullptr;
}

Resampler::Resampler(std::uint16_t channels, std::uint32_t in_rate, std::uint32_t out_rate,
                     SharedBank bank) noexcept
    : channels_(channels),
      in_rate_(in_rate),
      out_rate_(out_rate),
      bank_(std::move(bank)),
      kernels_(kernels()) {}

Resampler::~Resampler() = default;

bool Resampler::make_room() noexcept {
  // Input frames to take before the remaining ones move to the front.
  constexpr std::size_t kRoomFrames = 512;
  const std::size_t row = bank_->key.row_length();
  const std::size_t group = bank_->key.has_groups() ? bank_->key.taps() : row;
  capacity_ = group + std::max(kRoomFrames, row);
  stride_ = capacity_ + (group - row);
  history_ = make_floats(stride_ * channels_);
  blend_ = make_floats(row);
  if (!history_ || !blend_) return false;
  reset();
  return true;
}

Step Resampler::process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) noexcept {
  Step done;
  while (done.out_made < out_frames) {
    const std::size_t out_left = out_frames - done.out_made;
    // Takes all input first, so that frames are made in as few groups as possible.
    const std::size_t offered = std::min(in_frames - done.in_used, missing(out_left));
    if (offered != 0) done.in_used += append(in + done.in_used * channels_, offered);
    const std::int64_t ready = std::min(frames_ready(), static_cast<std::int64_t>(out_left));
    if (ready > 0) {
      float* const to = out + done.out_made * channels_;
      const auto frames = static_cast<std::size_t>(ready);
      bank_->key.has_groups() ? make_groups(to, frames) : make_between_rows(to, frames);
      done.out_made += static_cast<std::size_t>(ready);
    } else if (offered == 0) {
      break;
    }
  }
  return done;
}

/// Returns: output frames that can be made of the held input; 0 or less if none.
std::int64_t Resampler::frames_ready() const noexcept {
  // Frames by which the window may move on.
  const std::int64_t spare = static_cast<std::int64_t>(end_) - static_cast<std::int64_t>(begin_) -
                             static_cast<std::int64_t>(bank_->key.row_length());
  if (spare < 0) return 0;
  return ((spare + 1) * out_rate_ - phase_ - 1) / in_rate_ + 1;
}

/// Returns: input frames that so many output frames need, and that are not held yet. No more are taken, so
/// the same amount is held back at all times, and clients' buffers are done at even intervals.
std::int64_t Resampler::frames_missing(std::int64_t out_frames) const noexcept {
  const std::int64_t last = (phase_ + (out_frames - 1) * in_rate_) / out_rate_;
  return static_cast<std::int64_t>(begin_ + bank_->key.row_length()) + last - static_cast<std::int64_t>(end_);
}

/// Effects: takes as many of the frames as fit. Returns: how many; at least one.
std::size_t Resampler::append(const float* in, std::size_t frames) noexcept {
  if (end_ + frames > capacity_) {
    const std::size_t from =
        begin_ - (bank_->key.has_groups() ? bank_->key.layout.offset_in_group(frame_) : 0);
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      float* const samples = history_.get() + channel * stride_;
      std::memmove(samples, samples + from, (end_ - from) * sizeof(float));
    }
    end_ -= from;
    begin_ -= from;
  }
  frames = std::min(frames, capacity_ - end_);
  kernels_.separate(in, frames, channels_, history_.get() + end_, stride_);
  end_ += frames;
  return frames;
}

void Resampler::make_groups(float* out, std::size_t frames) noexcept {
  const GroupLayout& layout = bank_->key.layout;
  FilterGroup group = {.coefficients = nullptr,
                       .taps = bank_->key.taps(),
                       .middle = bank_->key.middle(),
                       .in_double = bank_->key.shape.in_double,
                       .window = nullptr,
                       .stride = stride_,
                       .channels = channels_,
                       .first = 0,
                       .frames = 0};
  const std::size_t coefficients = group.taps * layout.group_frames;  // of a group
  while (frames != 0) {
    const std::uint32_t first = frame_ % layout.group_frames;
    const std::uint32_t to_end = std::min(layout.group_frames - first, layout.cycle_frames - frame_);
    group.coefficients = bank_->coefficients.get() + frame_ / layout.group_frames * coefficients;
    group.window = history_.get() + begin_ - layout.offset_in_group(frame_);
    group.first = first;
    group.frames = std::min<std::size_t>(frames, to_end);
    kernels_.filter_group(group, out);
    move_on(group.frames);
    frame_ += static_cast<std::uint32_t>(group.frames);
    if (frame_ == layout.cycle_frames) frame_ = 0;
    out += group.frames * channels_;
    frames -= group.frames;
  }
}

void Resampler::make_between_rows(float* out, std::size_t frames) noexcept {
  const FilterRun run = {.rows = bank_->coefficients.get(),
                         .row_length = bank_->key.row_length(),
                         .rows_a_frame = bank_->key.rows_a_frame,
                         .blend = blend_.get(),
                         .window = history_.get() + begin_,
                         .stride = stride_,
                         .channels = channels_,
                         .phase = phase_,
                         .phases = out_rate_,
                         .whole = in_rate_ / out_rate_,
                         .part = in_rate_ % out_rate_};
  kernels_.filter_between_rows(run, out, frames);
  move_on(frames);
}

void Resampler::move_on(std::size_t out_frames) noexcept {
  const std::uint64_t moved = phase_ + std::uint64_t{out_frames} * in_rate_;
  begin_ += static_cast<std::size_t>(moved / out_rate_);
  phase_ = static_cast<std::uint32_t>(moved % out_rate_);
}

double Resampler::delay_frames() const noexcept {
  // The row begins with the frames before the one that comes out.
  const std::size_t before = bank_->key.row_length() - bank_->key.shape.half_frames - 1;
  const double held = static_cast<double>(end_) - static_cast<double>(begin_ + before);
  return held - static_cast<double>(phase_) / out_rate_;
}

void Resampler::reset() noexcept {
  begin_ = 0;
  end_ = bank_->key.row_length() - bank_->key.shape.half_frames - 1;
  phase_ = 0;
  frame_ = 0;
  for (std::size_t channel = 0; channel < channels_; ++channel)
    std::fill_n(history_.get() + channel * stride_, end_, 0.0F);
}

}  // namespace refwave::dsp
