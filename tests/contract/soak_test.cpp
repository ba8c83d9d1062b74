// An hour of playback on the stepped clock: sixteen clients that write each block again as soon as it is
// done. CONTRACT_SOAK_SECONDS in the environment makes it longer.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <list>

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

/// Queues as many whole blocks as make up `frames`, four at a time. It keeps no diary, which would have
/// millions of entries.
class SoakingClient {
 public:
  SoakingClient(std::size_t block_frames, std::uint64_t frames)
      : blocks_(silent_blocks(kBlocksQueued, block_frames)),
        to_write_(frames / block_frames),
        frames_(to_write_ * block_frames) {
    const WAVEFORMATEX format = usual_format();
    EXPECT_EQ(waveOutOpen(&handle_, 0, &format, reinterpret_cast<DWORD_PTR>(&SoakingClient::told),
                          reinterpret_cast<DWORD_PTR>(this), CALLBACK_FUNCTION),
              MMSYSERR_NOERROR);
    for (Block& block : blocks_) {
      waveOutPrepareHeader(handle_, &block.header, sizeof(WAVEHDR));
      write(&block.header);
    }
  }
  ~SoakingClient() {
    waveOutReset(handle_);
    waveOutClose(handle_);
  }
  SoakingClient(const SoakingClient&) = delete;
  SoakingClient& operator=(const SoakingClient&) = delete;

  bool finished() const { return done_.load() == to_write_; }

  void expect_everything() const {
    EXPECT_EQ(out_of_order_, 0U);
    EXPECT_EQ(done_.load(), to_write_);
    MMTIME time{};
    time.wType = TIME_SAMPLES;
    EXPECT_EQ(waveOutGetPosition(handle_, &time, sizeof(time)), MMSYSERR_NOERROR);
    EXPECT_EQ(time.u.sample, static_cast<DWORD>(frames_));
    REFWAVE_STATISTICS statistics{};
    statistics.cbSize = sizeof(statistics);
    waveOutMessage(handle_, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0);
    EXPECT_EQ(statistics.ullUnderruns, 0U);
    EXPECT_EQ(statistics.ullBlocks, to_write_);
    EXPECT_EQ(statistics.ullMessages, to_write_);
  }

 private:
  static void CALLBACK told(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR header, DWORD_PTR) {
    if (message == WOM_DONE)
      reinterpret_cast<SoakingClient*>(instance)->go_on(reinterpret_cast<LPWAVEHDR>(header));
  }

  void go_on(LPWAVEHDR header) {
    const std::uint64_t done = done_.load();
    if (header != &blocks_[done % kBlocksQueued].header) ++out_of_order_;
    if (written_ < to_write_) write(header);
    done_ = done + 1;
  }

  void write(LPWAVEHDR header) {
    ++written_;
    if (waveOutWrite(handle_, header, sizeof(WAVEHDR)) != MMSYSERR_NOERROR) ++out_of_order_;
  }

  HWAVEOUT handle_ = nullptr;
  Blocks blocks_;
  const std::uint64_t to_write_;
  const std::uint64_t frames_;
  std::uint64_t written_ = 0;  // written by the opening thread, then by callbacks
  std::atomic<std::uint64_t> done_{0};
  std::uint64_t out_of_order_ = 0;  // written by callbacks; counts refused writes too
};

/// Zero underruns, every block done once and in order, and the position exact.
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
  for (const SoakingClient& client : clients) client.expect_everything();
}

}  // namespace
}  // namespace refwave::contract
