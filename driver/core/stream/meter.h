// The loudness of a stream's samples, measured for two seconds after each request.
#pragma once

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>

#include "dsp/audio_thread.h"
#include "dsp/conversion.h"

namespace refwave::core {

/// Peak and root of the mean square in the newest window; 1 is full scale.
struct Levels {
  float peak = 0;
  float rms = 0;
};

class Meter {
 public:
  /// Effects: requests measurements. Returns: the newest window's levels, 0 without one. Thread: any.
  Levels ask() noexcept {
    windows_left_.store(kWindowsAnAnswerLasts, std::memory_order_relaxed);
    const auto newest = std::bit_cast<Window>(newest_.load(std::memory_order_relaxed));
    return {.peak = newest.peak, .rms = std::sqrt(newest.mean_square)};
  }

  /// Thread: audio, with the lock; so all below.
  REFWAVE_AUDIO_THREAD bool is_asked() const noexcept {
    return windows_left_.load(std::memory_order_relaxed) != 0;
  }
  REFWAVE_AUDIO_THREAD dsp::Level& window() noexcept { return window_; }

  void forget() noexcept {
    publish({});
    window_ = {};
    passed_ = 0;
  }

  /// Effects: `frames` of the device at `rate` have passed. A window has a tenth of a second.
  REFWAVE_AUDIO_THREAD void pass(std::uint32_t frames, std::uint32_t rate) noexcept {
    passed_ += frames;
    if (passed_ < rate / kWindowsASecond) return;
    std::uint32_t left = windows_left_.load(std::memory_order_relaxed);
    // The next request must not get old levels.
    publish(left <= 1 ? Window() : window_of(window_));
    // A request in the meantime makes this fail, and its count remains.
    if (left != 0) windows_left_.compare_exchange_strong(left, left - 1, std::memory_order_relaxed);
    window_ = {};
    passed_ = 0;
  }

 private:
  static constexpr std::uint32_t kWindowsASecond = 10;
  static constexpr std::uint32_t kWindowsAnAnswerLasts = 20;

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

  // Relaxed: each is self-contained.
  std::atomic<std::uint32_t> windows_left_{0};  // set by a request; counted down by the audio thread
  std::atomic<std::uint64_t> newest_{0};        // a Window: audio thread → requester
  dsp::Level window_;                           // the audio thread's
  std::uint32_t passed_ = 0;                    // device frames of this window
};

}  // namespace refwave::core
