// Third-party programs on waveOut and waveIn: samples arrive bit for bit, a recording is what was played, and
// PortAudio's own test of errors passes.
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

/// Returns: the recording without silence, which a busy machine under Wine may also insert.
std::vector<std::int16_t> audible(const Recording& recording) {
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i < recording.left.size(); ++i) {
    if (recording.left[i] == 0 && recording.right[i] == 0) continue;
    samples.push_back(static_cast<std::int16_t>(recording.left[i] * 0x1p15F));
    samples.push_back(static_cast<std::int16_t>(recording.right[i] * 0x1p15F));
  }
  return samples;
}

TEST(paqa_errs, finds_no_error_on_any_route) {
  for (const Performance& run : perform("paqa_errs")) {
    SCOPED_TRACE(run);
    EXPECT_EQ(run.exit_status, 0);
    EXPECT_NE(run.output.find(" 0 failed."), run.output.npos);
  }
}

TEST(out123, is_heard_bit_for_bit) {
  std::vector<std::int16_t> samples = noise(kSoundFrames, kSilentFrames);
  const TemporaryFolder folder;
  const std::string file = (folder / "noise.raw").string();
  write_raw(file, samples);
  samples.resize(kSoundFrames * 2);
  for (const Performance& run : perform("out123", "-o win32 -r 44100 -c 2 -e s16 --devbuffer 1 " + file)) {
    SCOPED_TRACE(run);
    EXPECT_EQ(run.exit_status, 0);
    EXPECT_TRUE(audible(run.heard) == samples) << audible(run.heard).size() << " samples arrived";
    if (run.route == Route::clocked) {
      EXPECT_EQ(sounds(run.heard, 0.001).size(), 1U);
    }
  }
}

// One program records what the other plays, and then plays it itself.
TEST(patest_read_record, gives_back_what_was_heard) {
  const TemporaryFolder folder;
  const std::string file = (folder / "sine.raw").string();
  write_raw(file, sine());
  GuestProgram recorder("patest_read_record", Route::wasapi);
  GuestProgram player("out123", Route::wasapi);
  recorder.start();
  ASSERT_TRUE(eventually([&] { return recorder.output().find("Now recording") != std::string::npos; }));
  player.start("-o win32 -r 44100 -c 2 -e s16 --devbuffer 1 " + file);
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
