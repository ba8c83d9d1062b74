// The beginning of a stream through WASAPI has no gap.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/windows/programs/guest_program.h"

namespace refwave::test {
namespace {

constexpr std::size_t kNoiseFrames = 44'100 / 2;
/// Also separates one opening from the next.
constexpr std::size_t kSilentFrames = 44'100 / 2;
constexpr double kApartSeconds = 0.2;
constexpr double kGapSeconds = 0.001;
/// The device starts with 20 ms queued. A gap within these comes from the start, a later one from a busy
/// machine.
constexpr double kBeginningSeconds = 0.015;

/// Returns: how many openings are listened to: REFWAVE_OPENINGS, or three.
int openings() {
  const char* const asked = std::getenv("REFWAVE_OPENINGS");
  return asked == nullptr ? 3 : std::atoi(asked);
}

/// Expects: of `openings()` runs with refwave's defaults none has a gap at its beginning.
void expect_no_gap(const std::string& program, const std::string& arguments) {
  std::string said;
  for (int i = 0; i < openings(); ++i) {
    GuestProgram guest(program, Route::wasapi);
    std::ofstream(guest.folder() / "refwave.toml");
    guest.start(arguments);
    EXPECT_EQ(guest.wait(), 0);
    said = guest.output();
  }
  const Recording heard = wait_for_recording();
  const std::vector<Sound> whole = sounds(heard, kApartSeconds);
  EXPECT_GE(whole.size(), static_cast<std::size_t>(openings())) << said;
  int gaps = 0;
  for (const Sound& part : sounds(heard, kGapSeconds)) {
    for (const Sound& all : whole) {
      const bool begins_here = part.first == all.first;
      if (!begins_here || part.seconds() > kBeginningSeconds) continue;
      ++gaps;
      ADD_FAILURE() << "a gap after " << 1e3 * part.seconds() << " ms\n" << said;
    }
  }
  std::printf("%d of %zu openings with a gap\n", gaps, whole.size());
}

TEST(opening, of_a_program_that_has_the_dropin_leaves_no_gap) {
  const TemporaryFolder folder;
  write_raw(folder / "noise.raw", noise(kNoiseFrames, kSilentFrames));
  expect_no_gap("out123", "-o win32 -r 44100 -c 2 -e s16 --devbuffer 1 " + (folder / "noise.raw").string());
}

TEST(opening, of_refwave_play_leaves_no_gap) {
  const TemporaryFolder folder;
  write_wav(folder / "noise.wav", noise(kNoiseFrames, kSilentFrames));
  expect_no_gap("refwave", "play " + (folder / "noise.wav").string());
}

}  // namespace
}  // namespace refwave::test
