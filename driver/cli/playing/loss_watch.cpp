#include "driver/cli/playing/loss_watch.h"

#include <algorithm>

#include "driver/cli/console/text.h"

namespace refwave::cli {
namespace {

std::string so_far(std::uint64_t count) { return " (" + std::to_string(count) + " so far)"; }

}  // namespace

std::uint64_t LossWatch::underruns() const {
  return std::max<std::uint64_t>(now_.ullUnderruns - begun_.ullUnderruns, dry_);
}

std::vector<std::string> LossWatch::look(const REFWAVE_STATISTICS& now, std::uint64_t position,
                                         bool is_over) {
  if (is_lost_) unheard_frames_ += position - position_;
  position_ = position;
  const std::string at = clock_text(static_cast<double>(position) / rate_) + ": ";
  std::vector<std::string> lines = device_changes(now, at);
  now_ = now;
  if (is_due(underruns_, underruns(), is_over))
    lines.push_back(at + "underrun: blocks came too late" + so_far(underruns_.told));
  if (is_due(xruns_, now.ullXruns - begun_.ullXruns, is_over))
    lines.push_back(at + "the device ran dry or over" + so_far(xruns_.told));
  return lines;
}

std::vector<std::string> LossWatch::device_changes(const REFWAVE_STATISTICS& now, const std::string& at) {
  std::vector<std::string> lines;
  if (now.ullDeviceLosses > now_.ullDeviceLosses) {
    if (!is_lost_) unheard_before_ = unheard_frames_;
    is_lost_ = true;
    lines.push_back(at + "the device was lost; nothing is heard until it is back");
  }
  if (now.ullDeviceReturns > now_.ullDeviceReturns && is_lost_) {
    is_lost_ = false;
    const double missed = static_cast<double>(unheard_frames_ - unheard_before_) / rate_;
    lines.push_back(at + formatted("the device \"%s\" is back; %.2f s were not heard", now.szDevice, missed));
  }
  return lines;
}

/// Returns: whether the count must be told now. Effects: if so, notes it as told.
bool LossWatch::is_due(Tally& tally, std::uint64_t count, bool is_over) const {
  if (count <= tally.told || (position_ < tally.next_at && !is_over)) return false;
  tally = {count, position_ + rate_};
  return true;
}

}  // namespace refwave::cli
