#include "dsp/speed/speed.h"

#include <new>
#include <utility>

namespace refwave::dsp {

std::unique_ptr<Speed> Speed::make(std::uint16_t channels, std::uint32_t rate, Quality quality) noexcept {
  auto stretch = TimeStretch::make(channels, rate);
  auto varispeed = Varispeed::make(channels, quality);
  Floats middle = make_floats(kMiddleFrames * channels);
  if (!stretch || !varispeed || !middle) return nullptr;
  return std::unique_ptr<Speed>(
      new (std::nothrow) Speed(channels, std::move(stretch), std::move(varispeed), std::move(middle)));
}

Speed::Speed(std::uint16_t channels, std::unique_ptr<TimeStretch> stretch,
             std::unique_ptr<Varispeed> varispeed, Floats middle) noexcept
    : channels_(channels),
      stretch_(std::move(stretch)),
      varispeed_(std::move(varispeed)),
      middle_(std::move(middle)) {}

bool Speed::prepare(Factor rate, Factor pitch) noexcept { return varispeed_->prepare(Ratio{rate} * pitch); }

void Speed::set(Factor rate, Factor pitch) noexcept {
  stretch_->set_factor(pitch);
  varispeed_->set_ratio(Ratio{rate} * pitch);
}

Step Speed::process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) noexcept {
  Step done;
  while (done.out_made < out_frames) {
    const auto step = varispeed_->process(middle_.get() + middle_at_ * channels_, middle_end_ - middle_at_,
                                          out + done.out_made * channels_, out_frames - done.out_made);
    middle_at_ += step.in_used;
    done.out_made += step.out_made;
    if (middle_at_ == middle_end_ && done.out_made < out_frames &&
        !fill_middle(in, in_frames, out_frames, done))
      break;
  }
  return done;
}

/// Effects: stretches as many frames as the rest of the output needs. Returns: false if there are none.
bool Speed::fill_middle(const float* in, std::size_t in_frames, std::size_t out_frames, Step& done) noexcept {
  const std::size_t missing = varispeed_->missing(out_frames - done.out_made);
  const std::size_t wanted = std::clamp<std::size_t>(missing, 1, kMiddleFrames);
  const double before = stretch_->delay_frames();
  const auto step =
      stretch_->process(in + done.in_used * channels_, in_frames - done.in_used, middle_.get(), wanted);
  middle_durations_.add(step.out_made, static_cast<double>(step.in_used) + before - stretch_->delay_frames());
  done.in_used += step.in_used;
  middle_at_ = 0;
  middle_end_ = step.out_made;
  return step.out_made != 0;
}

std::size_t Speed::missing(std::size_t out_frames) noexcept {
  const std::size_t middle = varispeed_->missing(out_frames);
  return stretch_->missing(std::clamp<std::size_t>(middle, 1, kMiddleFrames));
}

double Speed::delay_frames() const noexcept {
  const double stretched = static_cast<double>(middle_end_ - middle_at_) + varispeed_->delay_frames();
  return stretch_->delay_frames() + middle_durations_.of_last(stretched);
}

void Speed::reset() noexcept {
  middle_at_ = middle_end_ = 0;
  middle_durations_.clear();
  stretch_->reset();
  varispeed_->reset();
}

void Speed::begin_inside() noexcept {
  middle_at_ = middle_end_ = 0;
  middle_durations_.clear();
  stretch_->begin_inside();
  varispeed_->begin_inside();
}

}  // namespace refwave::dsp
