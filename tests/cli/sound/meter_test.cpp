// The meter that play and record show: its bar, its colours, and that nothing is shown where no terminal is.
#include "inf/cli/console/progress.h"

#include <gmock/gmock.h>
#include <sndfile.h>

#include "inf/cli/console/text.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using cli::Colours;
using cli::meter_text;
using testing::HasSubstr;
using testing::Not;

TEST(MeterText, Is_filled_to_the_mean_power_and_shaded_to_the_peak) {
  // 12 cells of 5 dB: -30 dB is the seventh, -10 dB the eleventh.
  EXPECT_EQ(meter_text({.peak = 0.316F, .rms = 0.0316F}, 23, Colours::none), "██████▒▒▒▒·· -10.0 dBFS");
  EXPECT_EQ(meter_text({}, 23, Colours::none), "············    silence");
  EXPECT_EQ(meter_text({.peak = 1, .rms = 1}, 23, Colours::none), "████████████   0.0 dBFS");
}

TEST(MeterText, Is_green_then_yellow_then_red_in_colours) {
  EXPECT_EQ(meter_text({.peak = 1, .rms = 1}, 23, Colours::some),
            "\033[32m█████████\033[33m██\033[31m█\033[m   0.0 dBFS");
}

TEST(MeterText, Fits_the_letters_that_there_are) {
  EXPECT_EQ(meter_text({.peak = 0.5F, .rms = 0.1F}, 18, Colours::none), "-6.0 dBFS");
  for (std::size_t letters = 19; letters < 60; ++letters)
    EXPECT_LE(cli::letters_of(meter_text({.peak = 0.01F, .rms = 0.1F}, letters, Colours::none)), letters);
}

class Meter : public WithFolder {
 protected:
  /// Returns: what play writes to its terminal until it has shown a bar.
  static std::string shown(const std::string& file, const std::vector<std::string>& environment) {
    const Outcome outcome =
        run_refwave({"play", file, "--device", "clocked"},
                    {.environment = environment,
                     .stderr_is_terminal = true,
                     .interrupt_when = [](const std::string& text) { return text.find("█") != text.npos; }});
    EXPECT_EQ(outcome.status, 130) << outcome.err;
    return outcome.err;
  }
};

TEST_F(Meter, Play_shows_the_drivers_levels_on_a_terminal_in_colour_where_it_has_it) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const std::string file = write_noise("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 8000, 8000 * 100);
  EXPECT_THAT(shown(file, {"TERM=xterm", "NO_COLOR="}), HasSubstr("\033[32m"));
  EXPECT_THAT(shown(file, {"TERM=xterm", "NO_COLOR=1"}), Not(HasSubstr("\033[32m")));
  EXPECT_THAT(shown(file, {"TERM=dumb"}), Not(HasSubstr("\033[32m")));
}

TEST_F(Meter, Record_shows_them_too) {
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
