// The driver under test with a clock that tests step: the client of `refwave conform` in a GoogleTest
// program, in which a broken rule is a failed test. Thread: the test's; step() runs the audio thread's work
// of the clocked device.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bench/conform/client/client.h"
#include "driver/winmm/refwave.h"
#include "tests/support/recording.h"

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
using conform::silent_blocks;
using conform::Stream;
using conform::usual_format;

inline constexpr DWORD kPeriodFrames = 128;           // of the stepped device
inline constexpr std::chrono::seconds kPatience{60};  // after this time a condition has failed

/// Returns: settings for a device of 48 kHz that plays and records when told to (step), and `more`.
std::string stepped(const std::string& more = {});

/// The driver, loaded and opened. One at a time.
class LoadedDriver : public conform::Subject {
 public:
  /// `settings`: the parameter string.
  explicit LoadedDriver(const std::string& settings = stepped());

  /// Effects: the device plays `periods` periods, on this thread.
  void step(std::uint32_t periods = 1);
  /// Effects: waits until the client was told of all finished blocks.
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

/// Returns: the driver's statistics of one stream. `what`: REFWAVE_WITH_LEVELS, or no more than usual.
REFWAVE_STATISTICS statistics_of(const Stream& stream, DWORD_PTR what = 0);

/// Effects: opens a stream until it is on a device of the server's, at the format's rate. On a loud machine a
/// server may answer later than an open waits, and a stream that does not run stays on the clocked device.
/// Returns: the newest stream. Expects: it has come there.
std::unique_ptr<Stream> open_on_server(LoadedDriver& driver, Direction direction, Diary& diary,
                                       const WAVEFORMATEX& format);

/// Effects: copies the bytes into the block. Precondition: the block has room for them.
void fill(Block& block, const std::vector<char>& bytes);

/// Effects: makes a loop of these and what is written between them.
void mark_loop(Block& first, Block& last, DWORD loops);

/// Expects: the client was told of each block once, in order, DONE and no longer queued, outside its own
/// writes, and not inside another callback of the stream.
void expect_done_once_in_order(const Diary& diary, Blocks& blocks);
inline void expect_done_once_in_order(Client& client) {
  expect_done_once_in_order(client.diary, client.blocks);
}

/// Expects: so many frames are sent, and arrive as they are. On a loud machine a server may leave some out,
/// or, as PipeWire does, resample those with which it makes up for lost time.
void expect_exact(const std::string& what, std::size_t frames, const std::function<test::Arrival()>& send);

}  // namespace refwave::contract
