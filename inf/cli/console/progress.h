// The line of time and level during playing or recording. It is rewritten in place on a terminal, without
// blocking; elsewhere nothing is shown. Main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <string>
#include <utility>

namespace refwave::cli {

/// Of a tenth of a second; 1 is full scale.
struct Loudness {
  float peak = 0;
  float rms = 0;  // the root of the mean square
};

/// Returns: a bar from -60 dB to full scale, filled to the mean power and shaded to the peak, and the peak in
/// dB; with few `letters`, the peak alone.
std::string meter_text(const Loudness& loudness, std::size_t letters);

/// Messages that wait until they can be printed without blocking, so that no terminal or pipe stops the
/// sound.
class Messages {
 public:
  Messages() = default;
  /// Prints the rest, so that an exception loses none.
  ~Messages() { print_all(); }
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  void add(std::FILE* stream, std::string text);
  bool is_empty() const { return pending_.empty(); }
  /// Effects: prints what the streams take now.
  void print();
  /// Effects: prints all, which may block.
  void print_all();

 private:
  std::deque<std::pair<std::FILE*, std::string>> pending_;
};

enum class Total : std::uint8_t { known, guessed };

class Progress {
 public:
  /// `total_seconds`: 0 if unknown.
  Progress(std::string label, double total_seconds, Total total = Total::known);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Effects: removes the line until the next show().
  void wipe() const;
  /// Effects: shows the time and the level, at most 20 times a second.
  void show(double seconds, const Loudness& loudness);
  /// Returns: whether show() would print now.
  bool is_due() const { return is_visible_ && std::chrono::steady_clock::now() >= next_; }
  /// The same with the result of `text` in place of the level; called when printed, at most four times a
  /// second.
  void show(double seconds, const std::function<std::string()>& text);

 private:
  std::string beginning(double seconds) const;
  void print(std::string line) const;

  std::string label_;
  double total_seconds_;
  Total total_;
  bool is_visible_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace refwave::cli
