// SIGKILL at work: the files that are left behind, and the next start.
#include <gmock/gmock.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kFramesPerSecond = 48'000;

using Killed = WithFolder;

TEST_F(Killed, While_recording_leaves_a_file_with_all_but_the_last_second_and_a_quarter) {
  for (const char* name : {"a.wav", "b.aiff", "c.au", "d.caf", "e.w64", "f.rf64"}) {
    SCOPED_TRACE(name);
    const std::string file = path(name);
    constexpr std::size_t bytes_per_second = kFramesPerSecond * 2 * 2;
    ChildProcess child = record_until(file, 4 * bytes_per_second, {"--option", "clock=20"});
    ASSERT_EQ(child.end(SIGKILL), 128 + SIGKILL);
    const std::size_t written =
        std::filesystem::file_size(file) / 4;  // frames; a header is much smaller than a second
    const Decoded kept = decode(file);
    EXPECT_EQ(kept.rate, static_cast<int>(kFramesPerSecond));
    EXPECT_GE(kept.samples.size() / 2 + kFramesPerSecond + kFramesPerSecond / 4, written);
    const Outcome played = run_refwave({"play", file, "--device", "clocked", "--option", "clock=50"});
    EXPECT_EQ(played.status, 0) << played.err;
    EXPECT_THAT(played.out, HasSubstr("played " + file));
  }
}

TEST_F(Killed, The_server_under_a_recording_costs_no_frame_of_the_file) {
  PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = path("a.wav");
  const auto kill = once([&] { pulse.kill_server(); });
  const Outcome outcome =
      run_refwave({"record", file, "--seconds", "4"}, {.interrupt_when = [&](const std::string&) {
                    kill(bytes_in(file) > 200'000);
                    return false;
                  }});
  EXPECT_TRUE(kill(false));
  EXPECT_THAT(outcome.out, HasSubstr("recorded " + file)) << outcome.err;
  EXPECT_EQ(decode(file).samples.size(), 4 * kFramesPerSecond * 2);
  EXPECT_EQ(outcome.status, 1);
}

}  // namespace
}  // namespace refwave::test
