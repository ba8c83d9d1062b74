// A segment fades in over the frames that would have followed the segment before. Its place is searched
// twice: in a thinned-out copy of the sound, and then frame by frame from the best place of that.
#include "dsp/speed/time_stretch.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <numbers>
#include <utility>

namespace refwave::dsp {
namespace {

// A segment overlaps with the next one for 12 ms, and begins up to 8 ms before or after its time: a wave of
// 63 Hz and more fits into what is searched.
constexpr std::size_t kSegmentMs = 12;
constexpr std::size_t kSearchMs = 8;

// The coarse search looks at about so many points a second.
constexpr std::size_t kCoarseRate = 12'000;

std::size_t frames_in(std::size_t ms, std::uint32_t rate) noexcept {
  return std::max<std::size_t>(ms * rate / 1000, 8);
}

}  // namespace

std::unique_ptr<TimeStretch> TimeStretch::make(std::uint16_t channels, std::uint32_t rate) noexcept {
  std::unique_ptr<TimeStretch> made(new (std::nothrow) TimeStretch(channels, rate));
  return made && made->make_room() ? std::move(made) : nullptr;
}

TimeStretch::TimeStretch(std::uint16_t channels, std::uint32_t rate) noexcept
    : channels_(channels),
      segment_(frames_in(kSegmentMs, rate)),
      search_(frames_in(kSearchMs, rate)),
      thin_(std::max<std::size_t>(rate / kCoarseRate, 1)) {}

bool TimeStretch::make_room() noexcept {
  // Input frames to take before the remaining ones move to the front.
  constexpr std::size_t kRoomFrames = 1024;
  // At a quarter of the pitch a segment begins four segments after the one before.
  capacity_ = 7 * segment_ + 4 * search_ + 2 * (kBefore + kAfter) + kRoomFrames;
  const std::size_t points = 2 * segment_ + 2 * search_;
  window_ = make_floats(segment_);
  coarse_ = make_floats((points / thin_ + 2) * channels_);
  pattern_ = make_floats(segment_ * channels_);
  slope_ = make_floats(segment_ * channels_);
  held_ = make_floats(capacity_ * channels_);
  if (!window_ || !coarse_ || !pattern_ || !slope_ || !held_ || !filter_.make()) return false;
  reset();
  for (std::size_t i = 0; i < segment_; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(segment_);
    window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * share));
  }
  return true;
}

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

/// Returns: frames copied; 0 if none is at hand, or if it is time for the first segment. What that needs is
/// gathered little by little, because a client may have only a few milliseconds queued.
std::size_t TimeStretch::copy_frames(float* out, std::size_t frames) noexcept {
  const bool stretching = wanted_ != kUnity;
  if (stretching) {
    factor_ = wanted_;
    if (frames_for_segment() <= end_) {
      copying_ = false;
      joined_ = segment_;
      return 0;
    }
    if (!begun_) return 0;
  } else {
    reserve_ = 0;
  }
  frames = std::min(frames, end_ - std::min(end_, follows_.frame + reserve_));
  std::memcpy(out, held_.get() + follows_.frame * channels_, frames * channels_ * sizeof(float));
  follows_.frame += frames;
  time_ = static_cast<double>(follows_.frame);
  if (stretching) reserve_ += frames;
  return frames;
}

/// Returns: whether frames may be copied from here on: unstretched, at a frame's place and time.
bool TimeStretch::has_landed() const noexcept {
  return wanted_ == kUnity && follows_.part == 0 && time_ == static_cast<double>(follows_.frame);
}

/// Returns: frames made; 0 if the next segment needs more input, or is none.
std::size_t TimeStretch::join_frames(float* out, std::size_t frames) noexcept {
  if (joined_ == segment_) {
    if (has_landed()) {
      copying_ = true;
      reserve_ = 0;
      return 0;
    }
    factor_ = wanted_;
    if (frames_for_segment() > end_) return 0;
    begin_segment();
  }
  frames = std::min(frames, segment_ - joined_);
  const float* const before = pattern_.get() + joined_ * channels_;
  if (next_ == follows_) {
    std::memcpy(out, before, frames * channels_ * sizeof(float));
  } else {
    read({next_.frame + joined_, next_.part}, next_row_, out, frames);
    for (std::size_t i = 0; i < frames * channels_; ++i)
      out[i] = before[i] + (out[i] - before[i]) * window_[joined_ + i / channels_];
  }
  joined_ += frames;
  if (joined_ == segment_) {
    follows_ = {next_.frame + segment_, next_.part};
    time_ = next_time_;
  }
  return frames;
}

/// Effects: writes frames from that place on. `row`: for its part of a frame.
void TimeStretch::read(Place place, const FractionalDelay::Row& row, float* out,
                       std::size_t frames) const noexcept {
  const float* const in = held_.get() + place.frame * channels_;
  if (place.part == 0) {
    std::memcpy(out, in, frames * channels_ * sizeof(float));
  } else {
    FractionalDelay::read(in, channels_, row, out, frames * channels_);
  }
}

/// Returns: where the next segment should begin: its middle is heard when the frames before are over.
double TimeStretch::wanted_start() const noexcept {
  const auto segment = static_cast<double>(segment_);
  return time_ + segment * kUnity / factor_ - segment;
}

/// Returns: what must be held before the next segment may begin.
std::size_t TimeStretch::frames_for_segment() const noexcept {
  const std::size_t following = follows_.frame + segment_ + FractionalDelay::kAfter + 1;
  if (factor_ == kUnity) return following;
  const double last = std::max(wanted_start(), 0.0) + static_cast<double>(search_ + segment_ + 2);
  return std::max(static_cast<std::size_t>(last), following);
}

void TimeStretch::begin_segment() noexcept {
  read(follows_, filter_.row_at(follows_.part), pattern_.get(), segment_);
  if (factor_ == kUnity) {
    plan_landing();
  } else {
    next_ = next_place();
    next_time_ = time_ + static_cast<double>(segment_) * kUnity / factor_;
  }
  next_row_ = filter_.row_at(next_.part);
  joined_ = 0;
}

/// Effects: the segment ends at a whole frame, and its time goes to where that frame is. Where a segment is
/// shorter than what may lie between the two, further segments follow.
void TimeStretch::plan_landing() noexcept {
  next_ = {.frame = follows_.frame + (follows_.part < 0.5 ? 0U : 1U)};
  next_time_ = std::clamp(static_cast<double>(next_.frame + segment_), time_,
                          time_ + 3 * static_cast<double>(segment_));
}

Place TimeStretch::next_place() noexcept {
  const auto search = static_cast<std::int64_t>(search_);
  const auto middle = static_cast<std::int64_t>(wanted_start());
  // What a place's filter reads after it is held, so the search begins earlier by as much.
  const auto low = std::max<std::int64_t>(middle - search - std::int64_t{kAfter}, kBefore);
  const std::int64_t high = middle + search - std::int64_t{kAfter};
  // The frames that would have followed are the best, if they are near enough. They are also the only ones
  // where the place lies before all frames that are known.
  const auto follows = static_cast<std::int64_t>(follows_.frame);
  if (high < low || (follows >= low && std::abs(follows - middle) <= search / 2)) return follows_;
  return best_place(static_cast<std::size_t>(low), static_cast<std::size_t>(high),
                    static_cast<std::size_t>(std::clamp(middle, low, high)));
}

/// Returns: the place at which the sound is most like the one that would have followed.
Place TimeStretch::best_place(std::size_t low, std::size_t high, std::size_t middle) noexcept {
  const std::size_t about = coarse_start(low, high, middle);
  Match best = {about, likeness_at(about)};
  // Climbs the hill on which the coarse search has ended, within one of its points: in bounded time.
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
  return refined(best);
}

/// Returns: about the best place. Among places that are nearly alike, as the waves of a tone, one near the
/// middle is preferred, so that a sound ends in time.
std::size_t TimeStretch::coarse_start(std::size_t low, std::size_t high, std::size_t middle) noexcept {
  constexpr float kLoss = 0.25F;  // of likeness, search_ away
  const auto preference = [&](std::size_t at) noexcept {
    const float away =
        static_cast<float>(at > middle ? at - middle : middle - at) / static_cast<float>(search_);
    return 1 - kLoss * away * away;
  };
  const auto better = [](const Match& one, const Match& other) noexcept {
    return other.likeness > one.likeness ? other : one;
  };
  const std::size_t points = std::max<std::size_t>(segment_ / thin_, 1);
  const std::size_t places = (high - low) / thin_ + 1;
  // The segment at the last place may extend a little beyond the held frames.
  const std::size_t most = (end_ - low) / thin_;
  const std::size_t searched = std::min(places + points - 1, most);
  float* const pattern = coarse_.get();
  float* const sound = pattern + points * channels_;
  thin_out(follows_.frame, points, pattern);
  thin_out(low, searched, sound);
  // Tops of hills are preferred to the ends of the searched range: a wave joined on its slope makes a step.
  Match top;
  Match any = {middle, 0};
  Match last;
  bool is_rising = false;
  for (std::size_t place = 0; place + points <= searched; ++place) {
    const std::size_t at = low + place * thin_;
    const float found = likeness(pattern, sound + place * channels_, points * channels_);
    if (is_rising && found <= last.likeness)
      top = better(top, {last.at, last.likeness * preference(last.at)});
    is_rising = place != 0 && found > last.likeness;
    last = {at, found};
    any = better(any, {at, found * preference(at)});
  }
  return top.likeness > any.likeness / 2 ? top.at : any.at;
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
  return likeness(pattern_.get(), held_.get() + start * channels_, segment_ * channels_);
}

/// Returns: the best place to a fraction of a frame. A part of a frame that is cut off would be heard as a
/// step in every tone, and all of them together would raise or lower it.
Place TimeStretch::refined(const Match& best) noexcept {
  const float before = likeness_at(best.at - 1);
  const float after = likeness_at(best.at + 1);
  const float bend = before - 2 * best.likeness + after;
  const float about = bend < 0 ? std::clamp((before - after) / (2 * bend), -0.5F, 0.5F) : 0.0F;
  const double offset =
      refined_joint(filter_, pattern_.get(), slope_.get(), held_.get() + best.at * channels_, channels_,
                    segment_, static_cast<double>(about));
  const double whole = std::floor(offset);
  return {best.at + static_cast<std::size_t>(static_cast<std::int64_t>(whole)), offset - whole};
}

std::size_t TimeStretch::missing(std::size_t out_frames) noexcept {
  std::size_t needed = follows_.frame + reserve_ + std::min<std::size_t>(out_frames, segment_);
  if (copying_ && !begun_ && wanted_ != kUnity) {
    factor_ = wanted_;
    needed = frames_for_segment();
  } else if (!copying_) {
    factor_ = joined_ == segment_ ? wanted_ : factor_;
    needed = joined_ == segment_ && !has_landed() ? frames_for_segment() : end_;
  }
  return needed > end_ ? needed - end_ : 0;
}

/// Effects: takes as many of the frames as fit. Returns: how many; at least one.
std::size_t TimeStretch::append(const float* in, std::size_t frames) noexcept {
  if (end_ + frames > capacity_) {
    const std::size_t needed = segment_ + search_ + kBefore + kAfter;  // for a segment that begins early
    const std::size_t first = std::min(follows_.frame, static_cast<std::size_t>(time_));
    const std::size_t from = first - std::min(first, needed);
    std::memmove(held_.get(), held_.get() + from * channels_, (end_ - from) * channels_ * sizeof(float));
    follows_.frame -= from;
    next_.frame -= std::min(next_.frame, from);
    time_ -= static_cast<double>(from);
    next_time_ -= static_cast<double>(from);
    end_ -= from;
  }
  frames = std::min(frames, capacity_ - end_);
  std::memcpy(held_.get() + end_ * channels_, in, frames * channels_ * sizeof(float));
  end_ += frames;
  return frames;
}

double TimeStretch::delay_frames() const noexcept {
  const double share = static_cast<double>(joined_) / static_cast<double>(segment_);
  const double into = copying_ || joined_ == segment_ ? 0 : (next_time_ - time_) * share;
  return std::max(static_cast<double>(end_) - time_ - into, 0.0);
}

/// Effects: before the first frame lies silence, which filters and searches may read.
void TimeStretch::reset() noexcept {
  end_ = kBefore;
  follows_ = next_ = {.frame = end_};
  time_ = static_cast<double>(end_);
  std::fill_n(held_.get(), end_ * channels_, 0.0F);
  joined_ = reserve_ = 0;
  copying_ = true;
  begun_ = false;
  factor_ = kUnity;
}

void TimeStretch::begin_inside() noexcept {
  wanted_ = kUnity;
  reset();
  begun_ = true;
}

}  // namespace refwave::dsp
