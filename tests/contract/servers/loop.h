// A client that plays or records without end: blocks of 10 ms that are not silent. Thread: the test's; the
// callback is a notifier's.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/contract/harness.h"
#include "tests/support/eventually.h"

namespace refwave::contract {

/// A client that queues each block again as soon as it is done, inside the callback.
class Loop {
 public:
  Loop(LoadedDriver& driver, Direction direction) {
    constexpr std::size_t kBlockBytes = 480 * kFrameBytes;
    for (std::size_t i = 0; i < kBlocks; ++i)
      fill(blocks_.emplace_back(kBlockBytes), std::vector<char>(kBlockBytes, 0x11));
    stream_ = std::make_unique<Stream>(driver, direction,
                                       conform::Wish{.callback = reinterpret_cast<DWORD_PTR>(&told),
                                                     .instance = reinterpret_cast<DWORD_PTR>(this),
                                                     .flags = CALLBACK_FUNCTION});
    last_ = std::chrono::steady_clock::now();
    // No callback may queue a block again before the last one has been queued once.
    if (direction == Direction::output) {
      stream_->queue_at_once(blocks_);
    } else {
      stream_->queue(blocks_);
      stream_->start();
    }
  }

  /// Effects: ends the loop. Returns: what was wrong; empty if every header was done as often as it was
  /// queued, in order.
  std::string end() {
    repeats_ = false;
    MMRESULT closed = WAVERR_STILLPLAYING;
    // A callback that began before may write its block after the reset.
    test::eventually([&] {
      stream_->reset();
      closed = stream_->close();
      return closed != WAVERR_STILLPLAYING;
    });
    if (closed != MMSYSERR_NOERROR) return "the close returned " + std::to_string(closed);
    if (!in_turn_) return "a header is not DONE, or out of its turn";
    if (done_ == queued_ + kBlocks) return {};
    return std::to_string(queued_ + kBlocks) + " headers were queued, and " + std::to_string(done_) + " done";
  }
  bool is_on_clock() const { return std::strcmp(statistics_of(*stream_).szDevice, "clocked") == 0; }
  std::size_t done() const { return done_; }
  /// Returns: the longest time between two headers since this was asked last.
  std::chrono::milliseconds take_longest_gap() {
    return std::chrono::milliseconds(longest_gap_ms_.exchange(0));
  }

 private:
  static constexpr std::size_t kBlocks = 30;

  static void CALLBACK told(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR) {
    if (message != WOM_DONE && message != WIM_DATA) return;
    reinterpret_cast<Loop*>(instance)->take_back(reinterpret_cast<LPWAVEHDR>(first));
  }
  void take_back(LPWAVEHDR header) {
    Block& expected = blocks_[done_ % kBlocks];
    in_turn_ = in_turn_ && header == &expected.header && expected.done();
    const auto now = std::chrono::steady_clock::now();
    if (repeats_)
      longest_gap_ms_ = std::max<long long>(longest_gap_ms_, (now - last_) / std::chrono::milliseconds(1));
    last_ = now;
    ++done_;
    if (repeats_ && stream_->write(expected) == MMSYSERR_NOERROR) ++queued_;
  }

  Blocks blocks_;
  std::unique_ptr<Stream> stream_;
  std::chrono::steady_clock::time_point last_;  // used by the callback, as the next two
  std::atomic<bool> in_turn_{true};
  std::atomic<long long> longest_gap_ms_{0};
  std::atomic<std::size_t> done_{0};
  std::atomic<std::size_t> queued_{0};  // again
  std::atomic<bool> repeats_{true};
};

}  // namespace refwave::contract
