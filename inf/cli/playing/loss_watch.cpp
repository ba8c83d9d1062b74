#include "inf/cli/playing/loss_watch.h"

#include <algorithm>
#include <utility>

#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::cli {
namespace {

std::string so_far(std::uint64_t count) { return " (" + std::to_string(count) + " so far)"; }

}  // namespace

void HeardPlaces::note(std::uint64_t position, const std::string& device, bool is_heard) {
  if (!places_.empty() && places_.back().device == device && places_.back().is_heard == is_heard) return;
  // Nothing was played there.
  if (!places_.empty() && places_.back().from == position) places_.pop_back();
  places_.push_back({position, device, is_heard});
}

void HeardPlaces::restart() {
  if (places_.empty()) return;
  places_ = {std::move(places_.back())};
  places_.front().from = 0;
}

std::string HeardPlaces::text(std::uint64_t begin, std::uint64_t end, std::uint32_t rate) const {
  struct Share {
    const Place* place;
    std::uint64_t frames;
  };
  std::vector<Share> shares;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const std::uint64_t from = std::max(i == 0 ? 0 : places_[i].from, begin);
    const std::uint64_t to = i + 1 < places_.size() ? std::min(places_[i + 1].from, end) : end;
    if (from >= to) continue;
    const auto same = std::find_if(shares.begin(), shares.end(),
                                   [&](const Share& s) { return s.place->device == places_[i].device; });
    (same != shares.end() ? *same : shares.emplace_back(Share{&places_[i], 0})).frames += to - from;
  }
  if (shares.empty()) return places_.empty() ? "" : places_.back().device;
  if (shares.size() == 1) return shares.front().place->device;
  std::stable_partition(shares.begin(), shares.end(),
                        [](const Share& share) { return share.place->is_heard; });
  std::string text;
  for (const auto& [place, frames] : shares)
    text += (text.empty() ? "" : ", and ") + (place->is_heard ? place->device : "unheard") +
            formatted(" for %.2f s", static_cast<double>(frames) / rate);
  return text;
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
  if (now.szDevice[0] != 0) places_.note(position, device_text(now), !is_lost_);
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
  places_.restart();
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
