// The line that shows time and level while something plays or records. On a terminal it is rewritten in
// place; elsewhere there is none. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "driver/cli/console/meter.h"

namespace refwave::cli {

enum class Total : std::uint8_t { known, guessed };

class Progress {
 public:
  /// `total_seconds`: 0 if nobody knows.
  Progress(std::string label, double total_seconds, Total total = Total::known);
  /// Effects: wipes the line, so that the terminal is as it was.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Effects: takes the line away until something is shown again.
  void wipe() const;
  /// Effects: shows the time and the peak (1 is full scale) since the last time it showed one; at most 20
  /// times a second.
  void show(double seconds, float peak);
  /// The same with a meter. The peak is the greatest since the last time.
  void show(double seconds, const Loudness& loudness);
  /// Returns: whether show() would show anything now.
  bool is_due() const { return is_visible_ && std::chrono::steady_clock::now() >= next_; }
  /// The same with what `text` returns in place of the peak; it is called only when something is shown, four
  /// times a second.
  void show(double seconds, const std::function<std::string()>& text);

 private:
  std::string beginning(double seconds) const;
  void print(const std::string& line) const;

  std::string label_;
  double total_seconds_;
  Total total_;
  bool is_visible_;
  Colours colours_;
  float peak_ = 0;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace refwave::cli
