// Sound through pipes: into `refwave play`, and out of `refwave record`.
#include <gmock/gmock.h>
#include <sndfile.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class Pipes : public WithFolder {
 protected:
  const std::string clocked_ = " --device clocked --option clock=20";
};

TEST_F(Pipes, A_recording_on_standard_output_is_wav_and_its_report_goes_to_standard_error) {
  const Outcome outcome =
      run_bash("refwave record - --seconds 0.5 --bits 24" + clocked_ + " | refwave play -" + clocked_);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("recorded -: 0:00.500 of 48000 Hz, 2 channels"));
  EXPECT_THAT(outcome.out, HasSubstr("played -: 0:00.500 of 48000 Hz, 2 channels"));
}

TEST_F(Pipes, A_header_that_arrives_in_pieces_is_read) {
  const std::string file = write_noise("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000, 48000);
  const Outcome outcome =
      run_bash("{ head -c 2 " + file + "; sleep 0.1; tail -c +3 " + file + "; } | refwave play -" + clocked_);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("0:01.000 of 48000 Hz"));
}

/// As node and Python's asyncio set it.
TEST_F(Pipes, That_do_not_block_are_read_and_written_to_their_end) {
  const auto without_blocking = [](const std::string& stream) {
    return "perl -MFcntl -e 'fcntl(" + stream + ", F_SETFL, O_NONBLOCK); exec @ARGV' ";
  };
  const std::string file = write_wav("a.wav", 48'000);
  const Outcome played = run_bash("{ head -c 60000 " + file + "; sleep 0.3; tail -c +60001 " + file +
                                  "; } | " + without_blocking("STDIN") + "refwave play -" + clocked_);
  EXPECT_EQ(played.status, 0) << played.err;
  EXPECT_THAT(played.out, HasSubstr("0:01.000 of 48000 Hz"));
  const Outcome recorded = run_bash("set -o pipefail\n" + without_blocking("STDOUT") +
                                    "refwave record - --seconds 2" + clocked_ + " | { sleep 0.5; wc -c; }");
  EXPECT_EQ(recorded.status, 0) << recorded.err;
  EXPECT_EQ(recorded.out, std::to_string(44 + 2 * 48'000 * 4) + "\n");
}

TEST_F(Pipes, What_cannot_be_played_is_an_error) {
  for (const auto& [line, reason] : std::vector<std::pair<std::string, const char*>>{
           {"echo nothing like it | refwave play -", "-: cannot be read as a sound file"},
           {"echo | refwave play -", "ffmpeg -i IN -f wav -"},
           {": | refwave play -", "-: nothing arrived"},
           {"refwave play - </dev/null", "-: nothing arrived"},
           {": | refwave play - --raw u8,8000,1", "-: nothing arrived"},
           {"refwave play - <" + path("") + clocked_, "-: a folder; name the files in it\n"},
           {"refwave play - <" + write("b.wav", bytes_of({})) + clocked_, "-: holds no audio"}})
    expect_error(run_bash(line), 1, HasSubstr(reason));
}

TEST_F(Pipes, A_pause_in_the_pipe_is_reported_as_an_underrun) {
  const std::string file = write_wav("a.wav", 48000);
  const Outcome outcome = run_bash("{ head -c 50000 " + file + "; sleep 1; tail -c +50001 " + file +
                                   "; } | refwave play - --device clocked");
  EXPECT_EQ(outcome.status, 0);
  // A busy machine may add others.
  EXPECT_THAT(outcome.underruns, ContainsRegex("underrun: blocks came too late \\([1-9][0-9]* so far\\)"));
  EXPECT_THAT(outcome.out, ContainsRegex("underruns [1-9]"));
}

}  // namespace
}  // namespace refwave::test
