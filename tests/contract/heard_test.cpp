// The heard samples, one by one: the device's input records the output of the same period (`loop`).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

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

void set_volume(const Stream& player, DWORD volume) { player.tell(WODM_SETVOLUME, "WODM_SETVOLUME", volume); }

/// A looped device, and a block that records its output.
class LoopedDevice {
 public:
  LoopedDevice(const std::string& settings, const WAVEFORMATEX& format, std::size_t bytes)
      : driver(stepped("loop=true; " + settings)),
        target(bytes),
        player(driver, Direction::output, played, format),
        listener_(driver, Direction::input, recorded_, format) {
    listener_.queue(target);
    listener_.start();
  }

  void hear() {
    EXPECT_TRUE(driver.step_until([&] { return recorded_.done().size() == 1; }));
  }

  LoadedDriver driver;
  Diary played;
  Block target;
  Stream player;

 private:
  Diary recorded_;
  Stream listener_;
};

/// The samples that are heard when a constant 20000 is played at a stream's volume.
class Heard {
 public:
  explicit Heard(const WAVEFORMATEX& format, DWORD volume)
      : loud_(4'000U * format.nBlockAlign),
        device_("channels=" + std::to_string(format.nChannels), format, 4'000U * format.nBlockAlign) {
    fill(loud_, constant(20'000, std::size_t{4'000} * format.nChannels));
    set_volume(device_.player, volume);
    device_.player.queue(loud_);
    device_.hear();
  }
  std::int16_t operator[](std::size_t index) const { return sample(device_.target, index); }

 private:
  Block loud_;
  LoopedDevice device_;
};

/// Plays every 16-bit value, and compares from the first frame on.
void hears_bit_for_bit(const char* completion) {
  std::vector<char> every_pattern(65'536 * kFrameBytes);
  for (std::size_t i = 0; i < every_pattern.size(); i += kFrameBytes) {
    const std::size_t left = i / kFrameBytes;
    const std::size_t right = left * 40'503;
    every_pattern[i] = static_cast<char>(left);
    every_pattern[i + 1] = static_cast<char>(left >> 8);
    every_pattern[i + 2] = static_cast<char>(right);
    every_pattern[i + 3] = static_cast<char>(right >> 8);
  }
  Block block(every_pattern.size());
  fill(block, every_pattern);
  LoopedDevice device(std::string("completion=") + completion, usual_format(), every_pattern.size());
  device.player.queue(block);
  device.hear();
  EXPECT_EQ(device.target.header.dwBytesRecorded, every_pattern.size());
  EXPECT_TRUE(std::equal(every_pattern.begin(), every_pattern.end(), device.target.header.lpData));
}

TEST(Heard, A_looped_device_records_what_is_played_bit_for_bit) { hears_bit_for_bit("deferred"); }

TEST(Heard, A_looped_device_that_completes_directly_records_what_is_played_bit_for_bit) {
  hears_bit_for_bit("direct");
}

/// A (B C) × 2 D is heard as A B C B C D.
TEST(Heard, A_loop_is_each_pass_in_order) {
  for (const char* completion : {"deferred", "direct"}) {
    Blocks blocks = silent_blocks(4, 100);
    for (std::size_t i = 0; i < blocks.size(); ++i)
      fill(blocks[i], std::vector<char>(100 * kFrameBytes, static_cast<char>('A' + i)));
    blocks[1].header.dwFlags = WHDR_BEGINLOOP;
    blocks[1].header.dwLoops = 2;
    blocks[2].header.dwFlags = WHDR_ENDLOOP;
    LoopedDevice device(std::string("completion=") + completion, usual_format(), 600 * kFrameBytes);
    device.player.queue(blocks);
    device.hear();
    std::string heard;
    for (std::size_t i = 0; i < 6; ++i) heard += device.target.header.lpData[i * 400];
    EXPECT_EQ(heard, "ABCBCD");
  }
}

/// Left in the low word, right in the high one.
TEST(Heard, A_volume_has_a_left_and_a_right_side) {
  const Heard heard(pcm(2, 16), 0x40008000);
  EXPECT_NEAR(heard[2'000], 10'000, 2);
  EXPECT_NEAR(heard[2'001], 5'000, 2);
}

TEST(Heard, The_volume_of_a_mono_stream_is_the_low_word) {
  EXPECT_NEAR(Heard(pcm(1, 16), 0xFFFF8000)[2'000], 10'000, 2);
  EXPECT_NEAR(Heard(pcm(1, 16), 0x0000FFFF)[2'000], 20'000, 2);
}

/// A volume of zero is silence.
TEST(Heard, A_volume_set_before_the_first_frame_counts_for_it) {
  const Heard heard(pcm(2, 16), 0);
  for (std::size_t i = 0; i < 8'000; ++i) ASSERT_EQ(heard[i], 0) << i;
}

TEST(Heard, A_volume_changed_while_playing_makes_no_click) {
  Block loud(16'000);
  fill(loud, constant(20'000, 8'000));
  LoopedDevice device("channels=1", pcm(1, 16), 16'000);
  device.player.queue(loud);
  device.driver.step(10);
  set_volume(device.player, 0);
  device.hear();
  EXPECT_EQ(sample(device.target, 1'000), 20'000);
  EXPECT_EQ(sample(device.target, 6'000), 0);
  for (std::size_t i = 1; i < 6'000; ++i)
    ASSERT_LT(std::abs(sample(device.target, i) - sample(device.target, i - 1)), 1'000) << "at " << i;
}

}  // namespace
}  // namespace refwave::contract
