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

TEST(opening, leaves_no_gap) {
  const TemporaryFolder folder;
  write_wav(folder / "noise.wav", noise(kNoiseFrames, kSilentFrames));
  std::string said;
  for (int i = 0; i < openings(); ++i) {
    GuestProgram guest("refwave");
    std::ofstream(guest.folder() / "refwave.toml");  // the defaults
    guest.start({"play", (folder / "noise.wav").string()});
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

}  // namespace
}  // namespace refwave::test
