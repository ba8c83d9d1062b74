// Long playback on the stepped clock. CONTRACT_SOAK_SECONDS in the environment sets its length.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <list>

#include "inf/cli/wave_client/wave_out.h"
#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

constexpr std::size_t kStreams = 16;
constexpr std::size_t kBlocksQueued = 4;
constexpr std::uint32_t kPeriodsAtATime = 64;  // less than the queued frames of the shortest blocks

std::uint64_t frames_to_play() {
  const char* const seconds = std::getenv("CONTRACT_SOAK_SECONDS");
  return (seconds == nullptr ? CONTRACT_SOAK_SECONDS : std::strtoull(seconds, nullptr, 10)) * 48'000;
}

/// Plays `frames` frames in whole blocks, four at a time. It keeps no diary, which would have millions of
/// entries.
class SoakingClient {
 public:
  SoakingClient(std::size_t block_frames, std::uint64_t frames)
      : to_play_(frames / block_frames),
        frames_(to_play_ * block_frames),
        wave_({}, kBlocksQueued, block_frames, nobody_) {
    wave_.at_end_of_callback = [this](const WAVEHDR* header, std::int64_t) {
      if (header != &wave_.queue().blocks()[done_ % kBlocksQueued].header) ++out_of_order_;
      ++done_;
    };
    EXPECT_EQ(wave_.open(), MMSYSERR_NOERROR);
    wave_.repeat(to_play_);
  }

  bool finished() const { return done_ == to_play_; }

  void expect_everything() {
    EXPECT_EQ(out_of_order_, 0U);
    EXPECT_EQ(wave_.refused(), 0U);
    EXPECT_EQ(done_, to_play_);
    EXPECT_EQ(wave_.position(), frames_ & 0xFFFF'FFFF);
    const REFWAVE_STATISTICS statistics = wave_.statistics().value_or(REFWAVE_STATISTICS{});
    EXPECT_EQ(statistics.ullUnderruns, 0U);
    EXPECT_EQ(statistics.ullBlocks, to_play_);
    EXPECT_EQ(statistics.ullMessages, to_play_);
  }

 private:
  const std::uint64_t to_play_;
  const std::uint64_t frames_;
  std::atomic<std::uint64_t> done_{0};
  std::uint64_t out_of_order_ = 0;  // written by callbacks
  cli::BlockQueue::Semaphore nobody_;
  cli::WaveOut wave_;  // last: it is closed while the rest is there
};

TEST(Soak, Sixteen_streams_play_for_long_without_an_underrun) {
  LoadedDriver driver;
  std::list<SoakingClient> clients;
  const std::uint64_t all = frames_to_play();
  for (std::size_t i = 0; i < kStreams; ++i) clients.emplace_back(4'799 + 97 * i, all);
  const auto finished = [&] {
    return std::all_of(clients.begin(), clients.end(),
                       [](const SoakingClient& client) { return client.finished(); });
  };
  for (std::uint64_t frames = 0; frames < all; frames += kPeriodsAtATime * kPeriodFrames) {
    driver.step(kPeriodsAtATime);
    driver.settle();
  }
  EXPECT_TRUE(driver.step_until(finished));
  for (SoakingClient& client : clients) client.expect_everything();
}

}  // namespace
}  // namespace refwave::contract
