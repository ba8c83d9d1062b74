// The audio thread's half of the resampler. What allocates is in resampler_make.cpp, so that this object can
// be checked to import nothing that does.
#include "dsp/resampler.h"

#include <samplerate.h>

#include <algorithm>

namespace refwave::dsp {
namespace {

// What one call of libsamplerate is given at most: its frame counts are `long`, 32 bits wide on Windows.
constexpr std::size_t kMostFrames = 1U << 20;

}  // namespace

Resampler::Step Resampler::process(const float* in, std::size_t in_frames, float* out,
                                   std::size_t out_frames) noexcept {
  Step done;
  while (done.out_made < out_frames) {
    const std::size_t out_left = std::min(out_frames - done.out_made, kMostFrames);
    const std::size_t in_left = std::min(in_frames - done.in_used, frames_needed_for(out_left));
    SRC_DATA data = {};
    data.data_in = in + done.in_used * channels_;
    data.data_out = out + done.out_made * channels_;
    data.input_frames = static_cast<long>(in_left);
    data.output_frames = static_cast<long>(out_left);
    data.src_ratio = static_cast<double>(out_rate_) / static_cast<double>(in_rate_);
    src_process(state_, &data);
    if (data.input_frames_used == 0 && data.output_frames_gen == 0) break;
    done.in_used += static_cast<std::size_t>(data.input_frames_used);
    done.out_made += static_cast<std::size_t>(data.output_frames_gen);
    balance_ += data.input_frames_used * out_rate_ - data.output_frames_gen * in_rate_;
  }
  return done;
}

// libsamplerate would take as much as its buffer holds. Given only what the output needs, it holds back the
// same amount at all times, and clients get their memory back at an even pace. An estimate that is one frame
// short is made up for by process()'s next turn.
std::size_t Resampler::frames_needed_for(std::size_t out_frames) const noexcept {
  const std::int64_t to_last = (static_cast<std::int64_t>(out_frames) - 1) * in_rate_ - balance_;
  const std::int64_t needed = to_last / out_rate_ + static_cast<std::int64_t>(lead_frames_);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(needed, 1, kMostFrames));
}

double Resampler::delay_frames() const noexcept {
  return static_cast<double>(balance_) / static_cast<double>(out_rate_);
}

void Resampler::reset() noexcept {
  src_reset(state_);
  balance_ = 0;
}

}  // namespace refwave::dsp
