// The loudness of one stream's samples, for a program that asks. The audio thread measures while somebody has
// asked within the last two seconds. While nobody does, a period costs one load.
#pragma once

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/conversion.h"

namespace refwave::core {

/// Of the samples in the newest window: the greatest, and the root of the mean square. 1 is full scale.
struct Levels {
  float peak = 0;
  float rms = 0;
};

class Meter {
 public:
  /// Effects: the audio thread measures for the next two seconds of the device. Returns: the levels of the
  /// newest window of the device; 0 before the first, after a reset, and while the device runs and nothing is
  /// played. Thread: any.
  Levels ask() noexcept {
    windows_left_.store(kWindowsAnAnswerLasts, std::memory_order_relaxed);
    const auto newest = std::bit_cast<Window>(newest_.load(std::memory_order_relaxed));
    return {.peak = newest.peak, .rms = std::sqrt(newest.mean_square)};
  }

  /// Thread: audio, with the lock, as all below.
  REFWAVE_AUDIO_THREAD bool is_asked() const noexcept {
    return windows_left_.load(std::memory_order_relaxed) != 0;
  }
  /// Returns: where samples are to be added (dsp::Measure).
  REFWAVE_AUDIO_THREAD dsp::Level& window() noexcept { return window_; }

  /// Effects: as before the first window. Thread: the lock's owner.
  void forget() noexcept {
    publish({});
    window_ = {};
    passed_ = 0;
  }

  /// Effects: `frames` of the device at `rate` have passed. A window ends after a tenth of a second.
  REFWAVE_AUDIO_THREAD void pass(std::uint32_t frames, std::uint32_t rate) noexcept {
    passed_ += frames;
    if (passed_ < rate / kWindowsASecond) return;
    std::uint32_t left = windows_left_.load(std::memory_order_relaxed);
    // Nobody looks any more: whoever asks next finds no old levels.
    publish(left <= 1 ? Window() : window_of(window_));
    // If somebody asks meanwhile, the exchange fails, and the new number stands.
    if (left != 0) windows_left_.compare_exchange_strong(left, left - 1, std::memory_order_relaxed);
    window_ = {};
    passed_ = 0;
  }

 private:
  static constexpr std::uint32_t kWindowsASecond = 10;
  static constexpr std::uint32_t kWindowsAnAnswerLasts = 20;

  /// What the audio thread publishes; whoever asks takes the root.
  struct Window {
    float peak = 0;
    float mean_square = 0;
  };
  static_assert(sizeof(Window) == sizeof(std::uint64_t));

  REFWAVE_AUDIO_THREAD static Window window_of(const dsp::Level& level) noexcept {
    if (level.samples == 0) return {};
    const double mean = level.squares / static_cast<double>(level.samples);
    return {.peak = level.peak, .mean_square = static_cast<float>(mean)};
  }
  REFWAVE_AUDIO_THREAD void publish(const Window& window) noexcept {
    newest_.store(std::bit_cast<std::uint64_t>(window), std::memory_order_relaxed);
  }

  // Both are whole in themselves, so that relaxed is enough.
  std::atomic<std::uint32_t> windows_left_{0};  // set by who asks; counted down by the audio thread
  std::atomic<std::uint64_t> newest_{0};        // a Window: audio thread → who asks
  dsp::Level window_;                           // the audio thread's
  std::uint32_t passed_ = 0;                    // device frames of this window
};

}  // namespace refwave::core
