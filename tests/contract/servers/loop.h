// A client that plays or records loud blocks endlessly. Thread: the test's; callbacks on a notifier.
#pragma once

#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/harness.h"
#include "tests/support/eventually.h"

namespace refwave::contract {

struct Gap {
  std::chrono::steady_clock::time_point begin, end;

  std::chrono::milliseconds length() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end - begin);
  }
};

class Loop {
 public:
  Loop(LoadedDriver& driver, Direction direction, UINT device = 0) {
    constexpr std::size_t kBytes = 480 * kFrameBytes;  // 10 ms
    while (blocks_.size() < 30) fill(blocks_.emplace_back(kBytes), std::vector<char>(kBytes, 0x11));
    stream_ = std::make_unique<Stream>(driver, direction,
                                       conform::Wish{.callback = reinterpret_cast<DWORD_PTR>(&notified),
                                                     .instance = reinterpret_cast<DWORD_PTR>(this),
                                                     .flags = CALLBACK_FUNCTION,
                                                     .device = device});
    last_ = std::chrono::steady_clock::now();
    // No callback may requeue a block before all have been queued once.
    if (direction == Direction::output) {
      stream_->queue_at_once(blocks_);
    } else {
      stream_->queue(blocks_);
      stream_->start();
    }
  }

  /// Effects: ends the loop. Returns: "" if every header completed as often as it was queued, in order; else
  /// what was wrong.
  std::string end() {
    repeats_ = false;
    MMRESULT closed = WAVERR_STILLPLAYING;
    // A running callback may write its block after the reset.
    test::eventually([&] {
      stream_->reset();
      closed = stream_->close();
      return closed != WAVERR_STILLPLAYING;
    });
    if (closed != MMSYSERR_NOERROR) return "the close returned " + std::to_string(closed);
    if (!in_turn_) return "a header is not DONE, or out of its turn";
    if (done_ == queued_ + blocks_.size()) return {};
    return std::to_string(queued_ + blocks_.size()) + " headers were queued, and " + std::to_string(done_) +
           " done";
  }
  REFWAVE_STATISTICS statistics() const { return statistics_of(*stream_); }
  bool is_on_clock() const { return std::strcmp(statistics().szDevice, "clocked") == 0; }
  std::uint64_t done() const { return done_; }
  /// Returns: the gaps since the last call that were over 100 ms, or longer than all before.
  std::vector<Gap> take_gaps() {
    const std::lock_guard lock(gaps_mutex_);
    return std::exchange(gaps_, {});
  }

 private:
  static void CALLBACK notified(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR) {
    if (message != WOM_DONE && message != WIM_DATA) return;
    reinterpret_cast<Loop*>(instance)->take_back(reinterpret_cast<LPWAVEHDR>(first));
  }
  void take_back(LPWAVEHDR header) {
    Block& expected = blocks_[done_ % blocks_.size()];
    in_turn_ = in_turn_ && header == &expected.header && expected.done();
    const Gap gap{last_, std::chrono::steady_clock::now()};
    last_ = gap.end;
    if (repeats_) keep(gap);
    ++done_;
    if (repeats_ && stream_->write(expected) == MMSYSERR_NOERROR) ++queued_;
  }

  void keep(const Gap& gap) {
    const std::lock_guard lock(gaps_mutex_);
    const bool is_long = gap.length() > std::chrono::milliseconds(100);
    if (is_long || gaps_.empty() || gap.length() > gaps_.back().length()) gaps_.push_back(gap);
  }

  Blocks blocks_;
  std::unique_ptr<Stream> stream_;
  std::chrono::steady_clock::time_point last_;  // used by the callback, as the next two
  std::atomic<bool> in_turn_{true};
  std::mutex gaps_mutex_;
  std::vector<Gap> gaps_;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> queued_{0};  // again
  std::atomic<bool> repeats_{true};
};

}  // namespace refwave::contract
