// The position, and the time of WOM_DONE under `done = played`, compared with a recorder on the server.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "tests/contract/harness.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"
#include "tests/support/sound_servers.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kRate = 48'000;
constexpr std::int64_t kPeriod = 480;
constexpr std::int64_t kBlockFrames = 960;
constexpr std::int64_t kBlocks = 100;
constexpr std::int64_t kPlayedFrames = kBlocks * kBlockFrames;
constexpr unsigned kLowBits = 14;
constexpr std::chrono::milliseconds kLookAtEase{100};  // what threads may wait for a processor

/// A frame at a time: the client's position, or the recorder's newest frame.
struct Sighting {
  Clock::time_point at;
  std::int64_t frame = 0;
};

/// Returns: a frame that encodes its number: low bits left, high bits right, neither silent.
std::array<std::int16_t, 2> marked(std::int64_t frame) {
  return {static_cast<std::int16_t>((frame & ((1 << kLowBits) - 1)) + 1),
          static_cast<std::int16_t>((frame >> kLowBits) + 1)};
}
/// Returns: the number in a recorded frame; -1 if it is silent.
std::int64_t frame_of(std::int32_t left, std::int32_t right) {
  if (left == 0 || right == 0) return -1;
  return (std::int64_t{(right >> 16) - 1} << kLowBits) + (left >> 16) - 1;
}

/// Polls a growing recording, twice a millisecond.
class GrowthWatch {
 public:
  explicit GrowthWatch(test::RecordingFile file) : file_(std::move(file)), watcher_([this] { watch(); }) {}
  ~GrowthWatch() { end(); }

  /// Returns: the client's newest frame at each growth.
  std::vector<Sighting> sightings() {
    end();
    const std::vector<std::int32_t> samples = file_.samples();
    std::vector<Sighting> all;
    for (const auto& [at, frames] : growths_) {
      const std::size_t last = 2 * static_cast<std::size_t>(frames - 1);
      const std::int64_t frame = last + 1 < samples.size() ? frame_of(samples[last], samples[last + 1]) : -1;
      if (frame >= 0) all.push_back({at, frame});
    }
    return all;
  }

 private:
  void watch() {
    for (std::int64_t before = 0; !ending_; std::this_thread::sleep_for(500us)) {
      const auto frames = static_cast<std::int64_t>(file_.frames());
      if (frames > before) growths_.push_back({Clock::now(), frames});
      before = frames;
    }
  }
  void end() {
    ending_ = true;
    if (watcher_.joinable()) watcher_.join();
  }

  const test::RecordingFile file_;
  std::vector<Sighting> growths_;  // the watcher's until it has ended
  std::atomic<bool> ending_{false};
  std::thread watcher_;  // last: it uses the others
};

/// By how many frames the client's sightings are ahead of the recorder's: the 5th, 50th and 95th percentile,
/// because on a busy machine a thread sometimes looks late.
struct Spread {
  std::int64_t least = 0;
  std::int64_t middle = 0;
  std::int64_t most = 0;

  bool is_within(std::int64_t bound) const { return least >= -bound && most <= bound; }
};

/// Returns: the recorder's newest frame at that time; -1 outside the recording.
std::int64_t recorded_at(const std::vector<Sighting>& recorded, Clock::time_point at) {
  const auto after = std::ranges::upper_bound(recorded, at, {}, &Sighting::at);
  return after == recorded.begin() || after == recorded.end() ? -1 : std::prev(after)->frame;
}

Spread compare(const std::vector<Sighting>& reported, const std::vector<Sighting>& recorded) {
  std::vector<std::int64_t> ahead;
  for (const Sighting& one : reported) {
    const std::int64_t then = recorded_at(recorded, one.at);
    if (then >= 0) ahead.push_back(one.frame - then);
  }
  if (ahead.empty()) return {-kPlayedFrames, 0, kPlayedFrames};
  std::ranges::sort(ahead);
  return {ahead[ahead.size() / 20], ahead[ahead.size() / 2], ahead[ahead.size() - 1 - ahead.size() / 20]};
}

/// Returns: how many frames the recorder usually gets at once, by which it is ahead of what is heard.
std::int64_t granularity(const std::vector<Sighting>& recorded) {
  std::vector<std::int64_t> grains;
  for (std::size_t i = 1; i < recorded.size(); ++i)
    grains.push_back(recorded[i].frame - recorded[i - 1].frame);
  std::ranges::sort(grains);
  return grains[grains.size() / 2];
}

Blocks marked_blocks() {
  Blocks blocks;
  for (std::int64_t at = 0; at < kPlayedFrames; at += kBlockFrames) {
    std::vector<char> bytes;
    for (std::int64_t frame = at; frame < at + kBlockFrames; ++frame) {
      const auto samples = marked(frame);
      const auto* const data = reinterpret_cast<const char*>(samples.data());
      bytes.insert(bytes.end(), data, data + sizeof samples);
    }
    fill(blocks.emplace_back(bytes.size()), bytes);
  }
  return blocks;
}

struct Reported {
  std::vector<Sighting> positions;
  std::vector<Sighting> done;  // the callback's until the stream is closed
};

template <class Server>
void play(Server& server, test::ProcessorWaits& waits, Reported& reported, std::vector<Sighting>& recorded) {
  LoadedDriver driver("device=default; done=played; rate=48000; channels=2; period=480");
  Client client(driver, Direction::output, marked_blocks(), [&](Client&, const Note&) {
    reported.done.push_back(
        {Clock::now(), static_cast<std::int64_t>(reported.done.size() + 1) * kBlockFrames});
  });
  Stream& player = client.stream;
  if constexpr (std::is_same_v<Server, test::PrivateJack>) server.wait_for_ear();
  server.forget_recording();
  GrowthWatch watch(server.recording());
  client.queue();
  const auto deadline = Clock::now() + 30s;
  for (std::int64_t frame = 0; frame < kPlayedFrames && Clock::now() < deadline;
       std::this_thread::sleep_for(1ms)) {
    frame = player.position();
    reported.positions.push_back({Clock::now(), frame});
  }
  EXPECT_EQ(player.position(), kPlayedFrames);
  EXPECT_TRUE(statistics_of(player).ullDeviceLosses == 0 || waits.skips_over(kLookAtEase))
      << driver.warnings();
  const std::size_t frames = server.recording().frames();
  EXPECT_TRUE(test::eventually([&] { return server.recording().frames() >= frames + kRate / 10; }));
  recorded = watch.sightings();
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
}

template <class Server>
class HeardPosition : public testing::Test {
 protected:
  HeardPosition() { server.export_environment(); }

  Server server;
};

TYPED_TEST_SUITE(HeardPosition, test::ThreeServers, test::ServerNames);

TYPED_TEST(HeardPosition, Is_what_a_recorder_got_within_a_period_and_its_own_nine_times_in_ten) {
  test::ProcessorWaits waits;
  Reported reported;
  std::vector<Sighting> recorded;
  play(this->server, waits, reported, recorded);
  EXPECT_TRUE(std::ranges::is_sorted(reported.positions, {}, &Sighting::frame)) << "it goes back";
  EXPECT_EQ(reported.done.size(), static_cast<std::size_t>(kBlocks));
  if (recorded.size() <= 20) {
    EXPECT_TRUE(waits.skips_over(kLookAtEase)) << recorded.size();
    return;
  }
  const std::int64_t grain = granularity(recorded);
  const Spread position = compare(reported.positions, recorded);
  const Spread done = compare(reported.done, recorded);
  for (const auto& [name, spread] : {std::pair("position", position), std::pair("done", done)}) {
    std::cout << name << ": " << spread.least << " to " << spread.most << " frames ahead, in the middle "
              << spread.middle << "; the recorder gets " << grain << " at once" << std::endl;
    EXPECT_TRUE(spread.is_within(kPeriod + grain) || waits.skips_over(kLookAtEase)) << name;
  }
}

}  // namespace
}  // namespace refwave::contract
