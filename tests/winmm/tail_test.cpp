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
  EXPECT_EQ(program.end(0), 0);

  // A busy machine may put silence in between, or lose a period there: what is asked for is the end.
  constexpr std::size_t kGaps = 48'000;
  std::vector<std::int32_t> heard = pulse.wait_for_recording(kFrames + kGaps);
  std::erase(heard, 0);
  constexpr std::size_t kTail = 200;
  ASSERT_GE(heard.size(), 2 * kTail);
  for (std::size_t i = 1; i <= 2 * kTail; ++i)
    ASSERT_EQ(heard[heard.size() - i], static_cast<std::int32_t>(kFrames - (i - 1) / 2) << 16) << i;
}

}  // namespace
}  // namespace refwave::test
