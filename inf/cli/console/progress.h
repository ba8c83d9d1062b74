// The line that shows time and level while something plays or records. On a terminal it is rewritten in
// place, and never waited for; elsewhere there is none. Main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace refwave::cli {

/// Of a tenth of a second; 1 is full scale.
struct Loudness {
  float peak = 0;
  float rms = 0;  // the root of the mean square
};

enum class Colours : std::uint8_t { none, some };

/// Returns: some where standard error is a terminal, unless the environment says no (NO_COLOR, or TERM=dumb).
Colours colours_wanted();

/// Returns: a bar from -60 dB to full scale, filled as far as the mean power goes and shaded as far as the
/// peak goes, and after it the peak; `letters` at most. Where these are few, the peak alone. In colours it is
/// green, yellow from -18 dB on, and red from -6 dB on.
std::string meter_text(const Loudness& loudness, std::size_t letters, Colours colours);

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
