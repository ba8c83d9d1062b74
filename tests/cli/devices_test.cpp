// `refwave devices` beside a sound server that stands still: it says so.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/cli/run_refwave.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(DevicesOfAServerThatStandsStill, Are_missed_with_the_right_advice) {
  PrivatePulse pulse;
  pulse.export_environment();
  const std::string table = run_refwave({"devices"}).out;
  EXPECT_THAT(table, HasSubstr("ALSA/default"));
  EXPECT_EQ(std::ranges::count(table, '*'), 3) << "a default each way, and the legend\n" << table;
  pulse.freeze_server();
  const Outcome outcome = run_refwave({"devices"});
  pulse.thaw_server();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("Only the built-in clocked device"), Not(HasSubstr("start a"))));
  EXPECT_THAT(outcome.err, HasSubstr("does not respond"));
}

}  // namespace
}  // namespace refwave::test
