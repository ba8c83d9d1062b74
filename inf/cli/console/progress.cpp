#include "inf/cli/console/progress.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kLongestLabel = 40;  // the rest of the line fits 80 columns
constexpr auto kInterval = std::chrono::milliseconds(50);
constexpr auto kTextInterval = std::chrono::milliseconds(250);

}  // namespace

Progress::Progress(std::string label, double total_seconds, Total total)
    : label_(std::move(label)), total_seconds_(total_seconds), total_(total), is_visible_(has_terminal()) {
  if (label_.size() > kLongestLabel) label_ = "..." + label_.substr(label_.size() - kLongestLabel + 3);
}

Progress::~Progress() { wipe(); }

void Messages::add(std::FILE* stream, std::string text) { pending_.emplace_back(stream, std::move(text)); }

void Messages::print() {
  while (!pending_.empty()) {
    auto& [stream, text] = pending_.front();
    text.erase(0, print_without_blocking(stream, text));
    if (!text.empty()) return;
    pending_.pop_front();
  }
}

void Messages::print_all() {
  for (const auto& [stream, text] : std::exchange(pending_, {})) {
    std::fputs(text.c_str(), stream);
    std::fflush(stream);
  }
}

void Progress::wipe() const {
  if (is_visible_) print_without_blocking(stderr, "\r\033[K");
}

void Progress::show(double seconds, const Loudness& loudness) {
  if (!is_due()) return;
  next_ = std::chrono::steady_clock::now() + kInterval;
  const std::string line = beginning(seconds);
  const std::size_t used = letters_of(line);
  // The last column would break the line on some terminals.
  const std::size_t columns = terminal_columns(stderr, 2) - 1;
  print(line + meter_text(loudness, columns > used ? columns - used : 0));
}

void Progress::show(double seconds, const std::function<std::string()>& text) {
  if (!is_due()) return;
  next_ = std::chrono::steady_clock::now() + kTextInterval;
  print(beginning(seconds) + text());
}

std::string Progress::beginning(double seconds) const {
  const std::string about = total_ == Total::guessed ? "about " : "";
  const std::string total = total_seconds_ > 0 ? " / " + about + clock_text(total_seconds_) : "";
  return label_ + "  " + clock_text(seconds) + total + "  ";
}

void Progress::print(std::string line) const {
  // A line that is broken cannot be rewritten.
  const std::size_t columns = terminal_columns(stderr, 2);
  while (letters_of(line) >= columns) {
    while ((line.back() & 0xC0) == 0x80) line.pop_back();
    line.pop_back();
  }
  print_without_blocking(stderr, "\r" + line + "\033[K");
}

namespace {

constexpr double kLowestDb = -60;
constexpr std::size_t kFewestCells = 8;
constexpr std::size_t kMostCells = 30;
constexpr std::size_t kTextLetters = 11;  // "-12.3 dBFS" and a blank before it

double decibels(float level) {
  return level > 0 ? 20 * std::log10(static_cast<double>(level)) : 2 * kLowestDb;
}

std::string bar(const Loudness& loudness, std::size_t cells) {
  const double rms_db = decibels(loudness.rms);
  const double peak_db = decibels(loudness.peak);
  std::string text;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double db = kLowestDb * (1 - static_cast<double>(cell) / static_cast<double>(cells));
    text += db < rms_db ? "█" : db < peak_db ? "▒" : "·";
  }
  return text;
}

}  // namespace

std::string meter_text(const Loudness& loudness, std::size_t letters) {
  std::string peak = level_text(loudness.peak);
  if (letters < kFewestCells + kTextLetters) return peak;
  const std::size_t cells = std::min(letters - kTextLetters, kMostCells);
  return bar(loudness, cells) + " " + right(peak, kTextLetters - 1);
}

}  // namespace refwave::cli
