// The audio thread's half. A segment fades in over the frames that would have followed the segment before.
// Its place is searched twice: in a thinned-out copy of the sound, and then frame by frame from the best
// place of that.
#include "dsp/speed/time_stretch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace refwave::dsp {
namespace {

/// Returns: how like `other` is to `one`: their product, as if both were equally loud. Between -|one| and
/// |one|.
REFWAVE_AUDIO_THREAD float likeness(const float* one, const float* other, std::size_t count) noexcept {
  constexpr std::size_t kSums = 8;  // so that the compiler may use vectors
  std::array<float, kSums> product{};
  std::array<float, kSums> power{};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (std::size_t lane = 0; lane < kSums; ++lane) {
      product[lane] += one[i + lane] * other[i + lane];
      power[lane] += other[i + lane] * other[i + lane];
    }
  }
  for (; i < count; ++i) {
    product[0] += one[i] * other[i];
    power[0] += other[i] * other[i];
  }
  float all = 0;
  float loud = 0;
  for (std::size_t lane = 0; lane < kSums; ++lane) {
    all += product[lane];
    loud += power[lane];
  }
  return loud > 0 ? all / std::sqrt(loud) : 0;
}

}  // namespace

void TimeStretch::set_factor(Factor factor) noexcept { wanted_ = factor; }

Step TimeStretch::process(const float* in, std::size_t in_frames, float* out,
                          std::size_t out_frames) noexcept {
  Step done;
  while (done.out_made < out_frames) {
    float* const to = out + done.out_made * channels_;
    const std::size_t left = out_frames - done.out_made;
    if (const std::size_t made = copying_ ? copy_frames(to, left) : join_frames(to, left)) {
      done.out_made += made;
      continue;
    }
    const std::size_t offered = std::min(in_frames - done.in_used, missing(left));
    if (offered == 0 && missing(left) != 0) break;
    if (offered != 0) done.in_used += append(in + done.in_used * channels_, offered);
  }
  if (done.out_made != 0) begun_ = true;
  return done;
}

// --- frames as they are ---

/// Returns: frames copied; 0 if none is at hand, or if it is time for the first segment. What that needs is
/// gathered little by little, because a client may have only a few milliseconds queued.
std::size_t TimeStretch::copy_frames(float* out, std::size_t frames) noexcept {
  const bool stretching = wanted_ != kUnity;
  if (stretching) {
    factor_ = wanted_;
    time_ = static_cast<double>(follows_);
    if (frames_for_segment() <= end_) {
      copying_ = false;
      joined_ = segment_;
      return 0;
    }
    if (!begun_) return 0;
  } else {
    reserve_ = 0;
  }
  frames = std::min(frames, end_ - std::min(end_, follows_ + reserve_));
  std::memcpy(out, held_.get() + follows_ * channels_, frames * channels_ * sizeof(float));
  follows_ += frames;
  if (stretching) reserve_ += frames;
  return frames;
}

// --- segments ---

/// Returns: frames made; 0 if the next segment needs more input, or is none.
std::size_t TimeStretch::join_frames(float* out, std::size_t frames) noexcept {
  if (joined_ == segment_) {
    if (wanted_ == kUnity) {
      copying_ = true;
      reserve_ = 0;
      return 0;
    }
    factor_ = wanted_;
    if (frames_for_segment() > end_) return 0;
    begin_segment();
  }
  frames = std::min(frames, segment_ - joined_);
  const float* before = held_.get() + (follows_ + joined_) * channels_;
  const float* after = held_.get() + (next_ + joined_) * channels_;
  for (std::size_t i = 0; i < frames * channels_; ++i)
    out[i] = before[i] + (after[i] - before[i]) * window_[joined_ + i / channels_];
  joined_ += frames;
  if (joined_ == segment_) {
    follows_ = next_ + segment_;
    time_ += static_cast<double>(segment_) * kUnity / factor_;
  }
  return frames;
}

/// Returns: the frame at which the next segment should begin. Its middle is heard when the time of the
/// frames before it is over.
double TimeStretch::wanted_start() const noexcept {
  const auto segment = static_cast<double>(segment_);
  return time_ + segment * kUnity / factor_ - segment;
}

/// Returns: what must be held before the next segment may begin.
std::size_t TimeStretch::frames_for_segment() const noexcept {
  const double last = std::max(wanted_start(), 0.0) + static_cast<double>(search_ + segment_ + 2);
  return std::max(static_cast<std::size_t>(last), follows_ + segment_);
}

void TimeStretch::begin_segment() noexcept {
  const double start = wanted_start();
  const auto search = static_cast<std::int64_t>(search_);
  const auto middle = static_cast<std::int64_t>(start);
  const std::int64_t low = std::max<std::int64_t>(middle - search, 0);
  const std::int64_t high = middle + search;
  joined_ = 0;
  // The frames that would have followed are the best, if they are near enough. They are also the only ones
  // where the place lies before all frames that are known.
  const auto follows = static_cast<std::int64_t>(follows_);
  if (high < low || (follows >= low && std::abs(follows - middle) <= search / 2)) {
    next_ = follows_;
    return;
  }
  next_ = best_start(static_cast<std::size_t>(low), static_cast<std::size_t>(high),
                     static_cast<std::size_t>(std::max(middle, low)));
}

/// Returns: the place at which the sound is most like the one that would have followed.
std::size_t TimeStretch::best_start(std::size_t low, std::size_t high, std::size_t middle) noexcept {
  const std::size_t about = coarse_start(low, high, middle);
  Match best = {about, likeness_at(about)};
  // Up the hill on which the coarse search has ended, within one of its points: farther away the coarse
  // search has decided, and the time has a bound.
  const std::size_t least = about - std::min(about - low, thin_);
  const std::size_t most = about + std::min(high - about, thin_);
  // A step of -1 wraps, as it should.
  for (const std::size_t step : {std::size_t{1}, ~std::size_t{0}}) {
    const std::size_t end = step == 1 ? most : least;
    while (best.at != end) {
      const float next = likeness_at(best.at + step);
      if (next <= best.likeness) break;
      best = {best.at + step, next};
    }
  }
  return corrected(best, low, high);
}

/// Returns: about the best place. Among places that are nearly alike, as the waves of a tone, one near the
/// middle is preferred, so that a sound ends in time.
std::size_t TimeStretch::coarse_start(std::size_t low, std::size_t high, std::size_t middle) noexcept {
  constexpr float kLoss = 0.25F;  // of likeness, at the ends of what is searched
  const std::size_t points = std::max<std::size_t>(segment_ / thin_, 1);
  const std::size_t places = (high - low) / thin_ + 1;
  // The segment at the last place may reach a little beyond the held frames.
  const std::size_t most = (end_ - low) / thin_;
  const std::size_t searched = std::min(places + points - 1, most);
  float* const pattern = coarse_.get();
  float* const sound = pattern + points * channels_;
  thin_out(follows_, points, pattern);
  thin_out(low, searched, sound);
  Match best = {middle, 0};
  for (std::size_t place = 0; place + points <= searched; ++place) {
    const std::size_t at = low + place * thin_;
    const float away =
        static_cast<float>(at > middle ? at - middle : middle - at) / static_cast<float>(search_);
    const float found = likeness(pattern, sound + place * channels_, points * channels_);
    const float preferred = found * (1 - kLoss * away * away);
    if (preferred > best.likeness) best = {at, preferred};
  }
  return best.at;
}

/// Effects: each point is the sum of thin_ frames.
void TimeStretch::thin_out(std::size_t from, std::size_t points, float* out) const noexcept {
  const float* in = held_.get() + from * channels_;
  for (std::size_t point = 0; point < points; ++point) {
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      float sum = 0;
      for (std::size_t frame = 0; frame < thin_; ++frame) sum += in[frame * channels_ + channel];
      *out++ = sum;
    }
    in += thin_ * channels_;
  }
}

float TimeStretch::likeness_at(std::size_t start) const noexcept {
  return likeness(held_.get() + follows_ * channels_, held_.get() + start * channels_, segment_ * channels_);
}

/// Returns: the best place or a neighbour of it. The true best place lies between two frames. The share that
/// is cut off each time would add up, and raise or lower every tone, so it is carried over.
std::size_t TimeStretch::corrected(const Match& best, std::size_t low, std::size_t high) noexcept {
  if (best.at == low || best.at == high) return best.at;
  const float before = likeness_at(best.at - 1);
  const float after = likeness_at(best.at + 1);
  const float bend = before - 2 * best.likeness + after;
  const float offset = bend < 0 ? std::clamp((before - after) / (2 * bend), -0.5F, 0.5F) : 0.0F;
  const double wanted = drift_ + static_cast<double>(offset);
  const int shift = wanted > 0.5 ? 1 : wanted < -0.5 ? -1 : 0;
  drift_ = std::clamp(wanted - shift, -1.0, 1.0);
  return best.at + static_cast<std::size_t>(shift);
}

// --- input ---

std::size_t TimeStretch::missing(std::size_t out_frames) noexcept {
  std::size_t needed = follows_ + reserve_ + std::min<std::size_t>(out_frames, segment_);
  if (copying_ && !begun_ && wanted_ != kUnity) {
    factor_ = wanted_;
    needed = frames_for_segment();
  } else if (!copying_) {
    factor_ = joined_ == segment_ ? wanted_ : factor_;
    needed = joined_ == segment_ && wanted_ != kUnity ? frames_for_segment() : end_;
  }
  return needed > end_ ? needed - end_ : 0;
}

/// Effects: takes some of the frames, as many as there is room for. Returns: how many; at least one.
std::size_t TimeStretch::append(const float* in, std::size_t frames) noexcept {
  if (end_ + frames > capacity_) {
    const std::size_t needed = segment_ + search_ + 2;  // for a segment that begins early
    const std::size_t first = copying_ ? follows_ : std::min(follows_, static_cast<std::size_t>(time_));
    const std::size_t from = first - std::min(first, needed);
    std::memmove(held_.get(), held_.get() + from * channels_, (end_ - from) * channels_ * sizeof(float));
    follows_ -= from;
    next_ -= std::min(next_, from);
    time_ -= static_cast<double>(from);
    end_ -= from;
  }
  frames = std::min(frames, capacity_ - end_);
  std::memcpy(held_.get() + end_ * channels_, in, frames * channels_ * sizeof(float));
  end_ += frames;
  return frames;
}

double TimeStretch::delay_frames() const noexcept {
  if (copying_) return static_cast<double>(end_ - follows_);
  const double into = joined_ == segment_ ? 0 : static_cast<double>(joined_) * kUnity / factor_;
  return static_cast<double>(end_) - time_ - into;
}

void TimeStretch::reset() noexcept {
  end_ = follows_ = next_ = joined_ = reserve_ = 0;
  copying_ = true;
  begun_ = false;
  factor_ = kUnity;
  time_ = drift_ = 0;
}

void TimeStretch::begin_inside() noexcept {
  wanted_ = kUnity;
  reset();
  begun_ = true;
}

}  // namespace refwave::dsp
