#include "inf/cli/playing/loss_watch.h"

#include <algorithm>
#include <utility>

#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::cli {
namespace {

std::string so_far(std::uint64_t count) { return " (" + std::to_string(count) + " so far)"; }

}  // namespace

void HeardPlaces::note(std::uint64_t frames, const std::string& device, bool is_heard) {
  if (!shares_.empty()) shares_[newest_].frames += frames;
  if (device.empty()) return;
  newest_ = static_cast<std::size_t>(std::ranges::find(shares_, device, &Share::device) - shares_.begin());
  if (newest_ == shares_.size()) shares_.push_back({device, is_heard});
}

std::string HeardPlaces::take(std::uint32_t rate) {
  const Share newest{shares_[newest_].device, shares_[newest_].is_heard};
  std::erase_if(shares_, [](const Share& share) { return share.frames == 0; });
  std::ranges::stable_partition(shares_, &Share::is_heard);
  std::string text;
  for (const auto& [device, is_heard, frames] : shares_)
    text += (text.empty() ? "" : ", and ") + (is_heard ? device : "unheard") +
            formatted(" for %.2f s", static_cast<double>(frames) / rate);
  if (shares_.size() < 2) text = shares_.empty() ? newest.device : shares_.front().device;
  shares_ = {newest};
  newest_ = 0;
  return text;
}

void GivenTime::note(std::uint64_t frames, Time time) {
  if (time < resumed_) return;
  const auto given =
      std::chrono::duration_cast<Span>(std::chrono::duration<double>(static_cast<double>(frames) / rate_));
  if (begun_ == Time{}) {
    begun_ = time;
    window_end_ = time + window_;
    usual_delay_ = -given;
  }
  // Of a late report after the stop only bounds are known: within these the delay has not changed.
  const Span most = time - begun_ - given;
  time = std::min(time, stopped_);
  const Span least = time - begun_ - given;
  looks_.push_back({time, std::clamp(looks_.empty() ? usual_delay_ : least_delay(), least, most)});
  while (looks_.front().time + window_ < time) looks_.pop_front();
  if (time < window_end_) return;
  window_end_ = time + window_;
  missing_ = missing_at(least_delay());
  usual_delay_ = least_delay();
}

void GivenTime::tick(Time now) {
  if (running_ != Time{} && now - running_ > kStopped) {
    was_stopped_ = true;
    resumed_ = running_ + kStopped;
    looks_.clear();
  }
  running_ = now;
}

double GivenTime::missing_seconds() const {
  return std::chrono::duration<double>(looks_.empty() ? missing_ : missing_at(least_delay())).count();
}

GivenTime::Span GivenTime::least_delay() const {
  return std::ranges::min_element(looks_, {}, &Look::delay)->delay;
}

/// Returns: what is missing at that delay. A device that was only late catches up.
GivenTime::Span GivenTime::missing_at(Span delay) const {
  const Span more = delay - usual_delay_;
  return std::chrono::abs(more) <= tolerance_ ? missing_ : std::max(missing_ + more, Span::zero());
}

LossWatch::LossWatch(std::uint32_t rate, const REFWAVE_STATISTICS& begun, Stream stream)
    : rate_(rate), stream_(stream), begun_(begun), now_(begun), is_lost_(begun.dwMissed != 0) {
  places_.note(0, device_text(begun), !is_lost_);
}

std::uint64_t LossWatch::underruns() const {
  return std::max<std::uint64_t>(now_.ullUnderruns - begun_.ullUnderruns, dry_);
}

std::vector<std::string> LossWatch::look(const REFWAVE_STATISTICS& now, std::uint64_t position, Time time,
                                         bool is_over) {
  const std::uint64_t played = position - position_;
  if (is_lost_) unheard_frames_ += played;
  // A device also drops silence in pauses, and before and after the stream.
  const double dropped = static_cast<double>(now.ullDroppedNs - now_.ullDroppedNs) / 1e9;
  dropped_seconds_ += std::min(dropped, static_cast<double>(played) / rate_);
  position_ = position;
  const std::string at = clock_text(static_cast<double>(position) / rate_) + ": ";
  std::vector<std::string> lines;
  if (const std::string change = device_changes(now, time, is_over); !change.empty())
    lines.push_back(at + change);
  now_ = now;
  places_.note(played, now.szDevice[0] != 0 ? device_text(now) : "", !is_lost_);
  if (is_due(underruns_, underruns(), is_over)) lines.push_back(at + underrun_text());
  if (is_due(xruns_, now.ullXruns - begun_.ullXruns, is_over))
    lines.push_back(at + "the device had an underrun or overrun" + so_far(xruns_.reported));
  return lines;
}

std::string LossWatch::underrun_text() const {
  if (stream_ == Stream::played) return "underrun: blocks came too late" + so_far(underruns_.reported);
  return formatted("overrun: the computer is too busy (%.2f s so far)",
                   static_cast<double>(underruns_.reported) / rate_);
}

std::string LossWatch::silence_text() const {
  return stream_ == Stream::played ? "nothing is heard" : "nothing is recorded";
}

void LossWatch::restart() {
  position_ = underruns_.next_at = xruns_.next_at = 0;
  places_.take(rate_);
}

/// Returns: what to report about the device; empty if nothing.
std::string LossWatch::device_changes(const REFWAVE_STATISTICS& now, Time time, bool is_over) {
  const ULONGLONG losses = now.ullDeviceLosses - now_.ullDeviceLosses;
  const ULONGLONG returns = now.ullDeviceReturns - now_.ullDeviceReturns;
  // Losses and returns alternate. The driver counts no loss if a device that was closed in a pause does not
  // reopen.
  is_lost_ = is_lost_ ? losses >= returns : losses > returns;
  is_lost_ = is_lost_ || now.dwMissed != 0;
  if (std::exchange(is_beginning_, false) && is_lost_ && losses == 0) {
    is_reported_lost_ = true;
    return "the device did not open; " + silence_text() + " until it does";
  }
  held_ += losses;
  if (is_reported_lost_ && !is_lost_) {
    is_reported_lost_ = false;
    next_loss_ = time + pause_;
    return formatted("the device \"%s\" is back", now.szDevice);
  }
  return !is_reported_lost_ && held_ > 0 && (is_over || time >= next_loss_) ? held_losses(time) : "";
}

std::string LossWatch::held_losses(Time time) {
  const bool is_first = pause_ == pause_.zero();
  const bool go_on = !is_first && time < next_loss_ + pause_;
  pause_ = go_on ? std::min(2 * pause_, kLongestPause) : kShortestPause;
  next_loss_ = time + pause_;
  is_reported_lost_ = is_lost_;
  const std::uint64_t count = std::exchange(held_, 0);
  const std::string times = is_first || count == 1 ? "" : " " + std::to_string(count) + " times more";
  return "the device was lost" + times +
         (is_lost_ ? "; " + silence_text() + " until it is back" : ", and is back");
}

/// Returns: whether the count is to be reported; it is then noted as reported.
bool LossWatch::is_due(Tally& tally, std::uint64_t count, bool is_over) const {
  if (count <= tally.reported || (position_ < tally.next_at && !is_over)) return false;
  tally = {count, position_ + rate_};
  return true;
}

}  // namespace refwave::cli
