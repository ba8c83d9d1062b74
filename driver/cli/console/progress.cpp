#include "driver/cli/console/progress.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kLongestLabel = 40;  // the rest of the line fits 80 columns
constexpr auto kInterval = std::chrono::milliseconds(50);

}  // namespace

Progress::Progress(std::string label, double total_seconds)
    : label_(std::move(label)), total_seconds_(total_seconds), is_visible_(has_terminal()) {
  if (label_.size() > kLongestLabel) label_ = "..." + label_.substr(label_.size() - kLongestLabel + 3);
}

Progress::~Progress() {
  if (is_visible_) std::fputs("\r\033[K", stderr);
}

void Progress::show(double seconds, float peak) {
  peak_ = std::max(peak_, peak);
  const auto now = std::chrono::steady_clock::now();
  if (!is_visible_ || now < next_) return;
  next_ = now + kInterval;
  const std::string total = total_seconds_ > 0 ? " / " + clock_text(total_seconds_) : "";
  std::fprintf(stderr, "\r%s  %s%s  %s\033[K", label_.c_str(), clock_text(seconds).c_str(), total.c_str(),
               level_text(std::exchange(peak_, 0.0F)).c_str());
}

}  // namespace refwave::cli
