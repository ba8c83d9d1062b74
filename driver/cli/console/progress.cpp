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
constexpr auto kTextInterval = std::chrono::milliseconds(250);

}  // namespace

Progress::Progress(std::string label, double total_seconds)
    : label_(std::move(label)), total_seconds_(total_seconds), is_visible_(has_terminal()) {
  if (label_.size() > kLongestLabel) label_ = "..." + label_.substr(label_.size() - kLongestLabel + 3);
}

Progress::~Progress() { wipe(); }

void Progress::wipe() const {
  if (is_visible_) std::fputs("\r\033[K", stderr);
}

void Progress::show(double seconds, float peak) {
  peak_ = std::max(peak_, peak);
  const auto now = std::chrono::steady_clock::now();
  if (!is_visible_ || now < next_) return;
  next_ = now + kInterval;
  print(seconds, level_text(std::exchange(peak_, 0.0F)));
}

void Progress::show(double seconds, const std::function<std::string()>& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!is_visible_ || now < next_) return;
  next_ = now + kTextInterval;
  print(seconds, text());
}

void Progress::print(double seconds, const std::string& text) const {
  const std::string total = total_seconds_ > 0 ? " / " + clock_text(total_seconds_) : "";
  const std::string line = label_ + "  " + clock_text(seconds) + total + "  " + text;
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
}

}  // namespace refwave::cli
