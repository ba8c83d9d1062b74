// The whole line: a client, refwave.drv, PortAudio, ALSA's plugin and a PulseAudio of the test's own, whose
// recording is compared with the played samples.
#include <gtest/gtest.h>

#include <random>

#include "tests/contract/harness.h"
#include "tests/support/private_pulse.h"

namespace refwave::contract {
namespace {

using test::PrivatePulse;

/// Returns: stereo noise in 16 bits whose first sample is not silent.
std::vector<std::int16_t> noise(std::size_t frames) {
  std::mt19937 random(7);
  std::vector<std::int16_t> samples(frames * PrivatePulse::kChannels);
  for (std::int16_t& sample : samples) sample = static_cast<std::int16_t>(random());
  samples[0] = 0x1234;
  samples.back() = 0x4321;
  return samples;
}

std::vector<char> bytes_of(const std::int16_t* samples, std::size_t count) {
  const auto* bytes = reinterpret_cast<const char*>(samples);
  return {bytes, bytes + count * sizeof(*samples)};
}

/// A client of its own writes each block again with the next samples.
void play(LoadedDriver& driver, const std::vector<std::int16_t>& samples, std::size_t block_frames) {
  Diary diary;
  Blocks blocks;
  const std::size_t step = block_frames * PrivatePulse::kChannels;
  for (std::size_t at = 0; at < samples.size(); at += step) {
    const std::vector<char> bytes = bytes_of(&samples[at], std::min(step, samples.size() - at));
    fill(blocks.emplace_back(bytes.size()), bytes);
  }
  Stream player(driver, Direction::output, diary);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == blocks.size(); }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(TIME_BYTES), samples.size() * sizeof(std::int16_t));
  EXPECT_EQ(statistics_of(player).ullDeviceLosses, 0U);
  EXPECT_NE(std::string(statistics_of(player).szDevice), "clocked");
  EXPECT_EQ(player.close(), MMSYSERR_NOERROR);
}

/// The samples arrive at the default device of an ordinary desktop, bit for bit, from the first frame to the
/// last.
TEST(SoundServer, Receives_what_a_client_plays_bit_for_bit) {
  const PrivatePulse pulse;
  pulse.export_environment();
  const std::vector<std::int16_t> played = noise(96'000);
  std::vector<std::int32_t> received;
  {
    LoadedDriver driver("device=default; rate=48000; channels=2; latency_ms=400");
    play(driver, played, 997);
  }
  received = pulse.wait_for_recording(played.size() / PrivatePulse::kChannels);
  ASSERT_GE(received.size(), played.size()) << "the tail is lost";
  for (std::size_t i = 0; i < played.size(); ++i)
    ASSERT_EQ(received[i], played[i] * 65'536) << "at sample " << i;
  for (std::size_t i = played.size(); i < received.size(); ++i) ASSERT_EQ(received[i], 0) << "after the end";
}

}  // namespace
}  // namespace refwave::contract
