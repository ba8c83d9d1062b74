// The driver under test, with a clock that the test steps, and the client of `refwave conform`: what breaks a
// rule there fails a test here. Thread: the test's; step() also does the audio thread's work.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/conform/client/client.h"
#include "driver/winmm/refwave.h"

namespace refwave::contract {

using conform::addresses_of;
using conform::Block;
using conform::Blocks;
using conform::Client;
using conform::Diary;
using conform::Direction;
using conform::eventually;
using conform::kFrameBytes;
using conform::Note;
using conform::pcm;
using conform::Stream;
using conform::usual_format;

inline constexpr DWORD kPeriodFrames = 128;           // of the stepped device
inline constexpr std::chrono::seconds kPatience{60};  // after this time a condition has failed

/// Returns: settings for a stepped device of 48 kHz, and `more`.
std::string stepped(const std::string& more = {});

/// The driver, loaded and opened. One at a time.
class LoadedDriver : public conform::Subject {
 public:
  explicit LoadedDriver(const std::string& settings = stepped());

  /// Effects: the device plays `periods` periods, on this thread.
  void step(std::uint32_t periods = 1);
  /// Effects: waits until the client has been notified of all finished blocks.
  void settle();
  /// Effects: steps and settles until `condition()` is true. Returns: whether it came true in time.
  template <class Condition>
  bool step_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      step();
      settle();
    }
    return true;
  }

  REFWAVE_STATISTICS statistics();
  std::string warnings();
};

REFWAVE_STATISTICS statistics_of(const Stream& stream, DWORD_PTR what = 0);

void fill(Block& block, const std::vector<char>& bytes);

}  // namespace refwave::contract
