// The meter that play and record show. That of play: play_test.cpp, Ctrl_C_stops_cleanly.
#include "inf/cli/console/progress.h"

#include <gmock/gmock.h>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using cli::meter_text;
using testing::HasSubstr;

TEST(MeterText, Is_filled_to_the_mean_power_and_shaded_to_the_peak) {
  // 12 cells of 5 dB: -30 dB is the seventh, -10 dB the eleventh.
  EXPECT_EQ(meter_text({.peak = 0.316F, .rms = 0.0316F}, 23), "██████▒▒▒▒·· -10.0 dBFS");
  EXPECT_EQ(meter_text({}, 23), "············    silence");
  EXPECT_EQ(meter_text({.peak = 1, .rms = 1}, 23), "████████████   0.0 dBFS");
}

TEST(MeterText, Fits_the_letters_that_there_are) {
  EXPECT_EQ(meter_text({.peak = 0.5F, .rms = 0.1F}, 18), "-6.0 dBFS");
  for (std::size_t letters = 19; letters < 60; ++letters)
    EXPECT_LE(cli::letters_of(meter_text({.peak = 0.01F, .rms = 0.1F}, letters)), letters);
}

class Meter : public WithFolder {};

TEST_F(Meter, Record_shows_its_levels_on_a_terminal) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const Outcome outcome = run_refwave(
      {"record", path("a.wav"), "--device", "clocked"},
      {.stderr_is_terminal = true,
       .interrupt_when = [](const std::string& text) { return text.find("silence") != std::string::npos; }});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("····"));
}

}  // namespace
}  // namespace refwave::test
