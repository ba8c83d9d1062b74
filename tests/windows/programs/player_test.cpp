// PortAudio's own test of a recording by waveIn, which must be what was played.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numbers>

#include "tests/support/eventually.h"
#include "tests/windows/programs/guest_program.h"

namespace refwave::test {
namespace {

constexpr std::size_t kSoundFrames = 2 * 44'100;
constexpr std::size_t kSilentFrames = 44'100 / 2;

/// Returns: in stereo, a sine of 441 Hz and then silence.
std::vector<std::int16_t> sine() {
  std::vector<std::int16_t> samples((kSoundFrames + kSilentFrames) * 2);
  for (std::size_t i = 0; i < kSoundFrames; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i + 1) / 100;
    samples[2 * i] = samples[2 * i + 1] = static_cast<std::int16_t>(std::lround(16'384 * std::sin(angle)));
  }
  return samples;
}

// One program records what the other plays, and then plays it itself.
TEST(patest_read_record, gives_back_what_was_heard) {
  const TemporaryFolder folder;
  const std::string file = (folder / "sine.wav").string();
  write_wav(file, sine());
  GuestProgram recorder("patest_read_record");
  GuestProgram player("refwave");
  recorder.start();
  ASSERT_TRUE(eventually([&] { return recorder.output().find("Now recording") != std::string::npos; }));
  player.start({"play", file});
  EXPECT_EQ(player.wait(), 0);
  EXPECT_EQ(recorder.wait(), 0);
  const Recording heard = wait_for_recording();
  EXPECT_NEAR(heard_seconds(heard), 4, 0.4) << recorder.output();
  const std::vector<Sound> sound = sounds(heard, 0.5);
  ASSERT_GE(sound.size(), 2U);
  EXPECT_NEAR(frequency(heard.left, sound.front()), 441, 0.1);
  EXPECT_NEAR(frequency(heard.left, sound.back()), 441, 1);
}

}  // namespace
}  // namespace refwave::test
