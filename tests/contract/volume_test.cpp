// Volume: of a stream and of the device. CONTRACT.md, WODM_SETVOLUME / GETVOLUME.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "tests/contract/client.h"

namespace refwave::contract {
namespace {

constexpr DWORD kValues[] = {0, 0xFFFFFFFF, 0x80004000, 0x00010000, 0x12345678};
const auto kDevice = reinterpret_cast<HWAVEOUT>(DWORD_PTR{0});

DWORD volume_of(HWAVEOUT what) {
  DWORD volume = 0x5A5A5A5A;
  EXPECT_EQ(waveOutGetVolume(what, &volume), MMSYSERR_NOERROR);
  return volume;
}

std::vector<char> constant(std::int16_t value, std::size_t samples) {
  std::vector<char> bytes(samples * sizeof(value));
  for (std::size_t i = 0; i < samples; ++i) std::memcpy(&bytes[i * sizeof(value)], &value, sizeof(value));
  return bytes;
}

std::int16_t sample(const Block& block, std::size_t index) {
  std::int16_t value = 0;
  std::memcpy(&value, block.header.lpData + index * sizeof(value), sizeof(value));
  return value;
}

/// What a looped device hears of a constant 20000 played at a stream's volume.
class Heard {
 public:
  explicit Heard(const WAVEFORMATEX& format, DWORD volume)
      : loud_(constant(20'000, std::size_t{4'000} * format.nChannels)), target_(4'000U * format.nBlockAlign) {
    const LoadedDriver driver(stepped("loop=true; channels=" + std::to_string(format.nChannels)));
    Diary played;
    Diary recorded;
    const Player player(played, format);
    const Listener listener(recorded, format);
    EXPECT_EQ(waveOutSetVolume(player.handle(), volume), MMSYSERR_NOERROR);
    listener.queue(target_);
    listener.start();
    player.queue(loud_);
    EXPECT_TRUE(driver.step_until([&] { return recorded.count(WIM_DATA) == 1; }));
  }
  std::int16_t operator[](std::size_t index) const { return sample(target_, index); }

 private:
  Block loud_;
  Block target_;
};

/// "GETVOLUME returns exactly what was set".
TEST(Volume, Of_a_stream_is_exactly_what_was_set) {
  const LoadedDriver driver;
  Diary diaries[2];
  const Player player(diaries[0]);
  const Player other(diaries[1]);
  EXPECT_EQ(volume_of(player.handle()), 0xFFFFFFFFU);
  for (const DWORD volume : kValues) {
    EXPECT_EQ(waveOutSetVolume(player.handle(), volume), MMSYSERR_NOERROR);
    EXPECT_EQ(volume_of(player.handle()), volume);
    EXPECT_EQ(volume_of(other.handle()), 0xFFFFFFFFU);
    EXPECT_EQ(volume_of(kDevice), 0xFFFFFFFFU);
  }
}

/// "dwUser 0: the whole device, legal with nothing open and kept for later streams".
TEST(Volume, Of_the_device_needs_nothing_open_and_is_kept) {
  const LoadedDriver driver;
  for (const DWORD volume : kValues) {
    EXPECT_EQ(waveOutSetVolume(kDevice, volume), MMSYSERR_NOERROR);
    Diary diary;
    const Player player(diary);
    EXPECT_EQ(volume_of(kDevice), volume);
    EXPECT_EQ(volume_of(player.handle()), 0xFFFFFFFFU);
  }
  EXPECT_EQ(volume_of(kDevice), kValues[4]);
}

TEST(Volume, Without_a_target_or_a_stream_is_an_error) {
  const LoadedDriver driver;
  EXPECT_EQ(waveOutGetVolume(kDevice, nullptr), MMSYSERR_INVALPARAM);
  EXPECT_EQ(driver.wod()(0, WODM_GETVOLUME, 0, 0, 0), MMSYSERR_INVALPARAM);
  EXPECT_EQ(driver.wod()(0, WODM_SETVOLUME, 0x12345, 0, 0), MMSYSERR_INVALHANDLE);
}

/// "16 bits a side": left in the low word, right in the high one.
TEST(Volume, Has_a_left_and_a_right_side) {
  const Heard heard(pcm(2, 16), 0x40008000);
  EXPECT_NEAR(heard[2'000], 10'000, 2);
  EXPECT_NEAR(heard[2'001], 5'000, 2);
}

/// "for mono the low word counts".
TEST(Volume, Of_a_mono_stream_is_the_low_word) {
  EXPECT_NEAR(Heard(pcm(1, 16), 0xFFFF8000)[2'000], 10'000, 2);
  EXPECT_NEAR(Heard(pcm(1, 16), 0x0000FFFF)[2'000], 20'000, 2);
}

/// A volume of zero is silence, from the first frame on where it was set before.
TEST(Volume, Set_before_the_first_frame_counts_for_it) {
  const Heard heard(pcm(2, 16), 0);
  for (std::size_t i = 0; i < 8'000; ++i) ASSERT_EQ(heard[i], 0) << i;
}

/// "applied ramped, no click".
TEST(Volume, Changed_while_playing_makes_no_click) {
  const LoadedDriver driver(stepped("loop=true; channels=1"));
  Diary played;
  Diary recorded;
  Block loud(constant(20'000, 8'000));
  Block target(16'000);
  const Player player(played, pcm(1, 16));
  const Listener listener(recorded, pcm(1, 16));
  listener.queue(target);
  listener.start();
  player.queue(loud);
  driver.step(10);
  waveOutSetVolume(player.handle(), 0);
  EXPECT_TRUE(driver.step_until([&] { return recorded.count(WIM_DATA) == 1; }));
  EXPECT_EQ(sample(target, 1'000), 20'000);
  EXPECT_EQ(sample(target, 6'000), 0);
  for (std::size_t i = 1; i < 6'000; ++i)
    ASSERT_LT(std::abs(sample(target, i) - sample(target, i - 1)), 1'000) << "at " << i;
}

}  // namespace
}  // namespace refwave::contract
