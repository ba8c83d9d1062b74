// A program may end as soon as it has closed: what it was told is done must be heard all the same.
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

TEST(A_program_that_closes_and_ends, Is_heard_to_its_last_frame) {
  constexpr std::size_t kFrames = 9'600;
  PrivatePulse pulse;
  TemporaryFolder folder;
  Environment environment = pulse.environment();
  environment["REFWAVE_DRIVER"] = "\"" REFWAVE_DRIVER "\" rate=48000";
  environment["REFWAVE_CONFIG"] = "";

  ChildProcess program({CLOSE_AND_LEAVE, std::to_string(kFrames)}, environment, folder / "log");
  ASSERT_TRUE(eventually([&] { return !program.running(); }));

  // A busy machine may put silence in between: it is let out.
  constexpr std::size_t kGaps = 48'000;
  std::vector<std::int32_t> heard = pulse.wait_for_recording(kFrames + kGaps);
  std::erase(heard, 0);
  ASSERT_EQ(heard.size(), 2 * kFrames);
  for (std::size_t i = 0; i < 2 * kFrames; ++i)
    ASSERT_EQ(heard[i], static_cast<std::int32_t>(i / 2 + 1) << 16) << i / 2;
}

}  // namespace
}  // namespace refwave::test
