// Where `refwave play` begins, and how often it plays: --seek, --loop. And --quiet.
#include <gmock/gmock.h>
#include <sndfile.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kFrames = 96'001;

class Seek : public WithFolder {
 protected:
  std::string noise(const char* name, int format) const {
    return write_noise(name, format, 2, 48000, kFrames);
  }
  Outcome play(const std::string& words, const std::string& before = "") const {
    return run_bash(before + "COLUMNS=300 refwave play " + words +
                    " --device clocked --rate 48000 --buffers 128 --capture " + path("out.wav"));
  }
  /// Returns: whether the samples stand in what was captured, one after the other.
  bool is_heard(const std::vector<double>& samples) const { return decode(path("out.wav")).holds(samples); }
};

TEST_F(Seek, The_file_begins_at_that_time_to_the_frame) {
  for (const auto& [name, format] : {std::pair{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                                     {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16}}) {
    const std::string file = noise(name, format);
    const Decoded in = decode(file);
    const std::vector<double> rest(in.samples.begin() + 72'000 * 2, in.samples.end());
    for (const std::string before : {"", "cat "}) {
      const std::string words = before.empty() ? file : "-";
      const Outcome outcome = play(words + " --seek 0:01.5", before.empty() ? "" : before + file + " | ");
      EXPECT_EQ(outcome.status, 0) << outcome.err;
      EXPECT_THAT(outcome.out, HasSubstr(": 0:01.500 to 0:02.000 of 48000 Hz"));
      EXPECT_TRUE(is_heard(rest)) << words;
      EXPECT_FALSE(is_heard({in.samples.begin() + 71'999 * 2, in.samples.end()})) << words;
    }
  }
}

TEST_F(Seek, An_mp3_file_begins_at_that_time) {
  const std::string file = noise("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  const Outcome outcome = play(file + " --seek 1");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(": 0:01.000 to 0:02.000 of 48000 Hz"));
}

TEST_F(Seek, Beyond_the_end_is_an_error) {
  const std::string file = noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  for (const std::string& line : both_ways(file)) {
    const Outcome outcome = run_bash(line + " --device clocked --seek 1:00");
    expect_error(outcome, 1, HasSubstr("--seek 1:00.000: the file ends before that"));
  }
}

TEST_F(Seek, What_is_no_time_is_refused) {
  for (const char* time :
       {"soon", "1:", ":1", "-1", "1:2:3:4", "1e3", "1.5:00", "nan", "9223372036854775807"}) {
    const Outcome outcome = run_bash("refwave play a.wav --seek=" + std::string(time));
    EXPECT_EQ(outcome.status, 2) << time;
    EXPECT_THAT(outcome.err, HasSubstr("is not a time")) << time;
  }
}

TEST_F(Seek, A_loop_has_no_gap) {
  const std::string file = write_wav("a.wav", 4801);
  const Outcome outcome = play(file + " --loop 3");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Decoded in = decode(file);
  std::vector<double> thrice;
  for (int i = 0; i < 3; ++i) thrice.insert(thrice.end(), in.samples.begin(), in.samples.end());
  EXPECT_TRUE(is_heard(thrice));
}

TEST_F(Seek, A_loop_without_end_ends_where_nothing_can_be_played_again) {
  EXPECT_EQ(run_bash("refwave play absent.wav --loop 0").status, 1);
  const std::string file = noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  const Outcome outcome = run_bash("cat " + file + " | refwave play - --loop 0 -d clocked -O clock=20");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("played -: 0:02.000"));
}

TEST_F(Seek, Quiet_prints_nothing_but_errors) {
  const std::string file = noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  const std::string mono = write_noise("b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 48000, 4800);
  const Outcome outcome = play("--quiet " + file + " " + mono);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out + outcome.err, IsEmpty());
  EXPECT_THAT(play("-q absent.wav").err, HasSubstr("absent.wav: no such file"));
}

}  // namespace
}  // namespace refwave::test
