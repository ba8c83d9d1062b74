// Sound through pipes: into `refwave play`, and out of `refwave record`.
#include <gmock/gmock.h>
#include <sndfile.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>

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

TEST_F(Pipes, What_comes_through_standard_input_is_played_bit_for_bit) {
  for (const auto& [name, kind] : {std::pair{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24},
                                   {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16},
                                   {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24}}) {
    const std::string file = write_noise(name, kind, 2, 48000, 10'007);
    const std::string command = "cat " + file +
                                " | refwave play - --device clocked --rate 48000 --buffers 16 --capture " +
                                path("out.wav");
    const Outcome outcome = run_bash(command);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("played -: 0:00.208 of 48000 Hz, 2 channels"));
    EXPECT_TRUE(decode(path("out.wav")).holds(decode(file).samples));
  }
}

TEST_F(Pipes, A_recording_goes_to_standard_output_as_wav_and_is_told_beside_it) {
  for (const char* bits : {"16", "24", "float"}) {
    const Outcome outcome = run_bash("refwave record - --seconds 0.5 --bits " + std::string(bits) + clocked_ +
                                     " | refwave play -" + clocked_);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("recorded -: 0:00.500 of 48000 Hz, 2 channels"));
    EXPECT_THAT(outcome.out, HasSubstr("played -: 0:00.500 of 48000 Hz, 2 channels"));
  }
}

TEST_F(Pipes, What_begins_in_pieces_is_played_like_the_whole) {
  const std::string file = write_noise("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000, 48000);
  const Outcome outcome =
      run_bash("{ head -c 2 " + file + "; sleep 0.1; tail -c +3 " + file + "; } | refwave play -" + clocked_);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("0:01.000 of 48000 Hz"));
}

TEST_F(Pipes, What_cannot_be_played_to_its_end_is_told_like_a_file) {
  const std::string cut_file = write_wav("a.wav", 48000);
  cut("a.wav", std::filesystem::file_size(cut_file) - 1200);
  for (const auto& [line, reason] : std::vector<std::pair<std::string, const char*>>{
           {"echo nothing like it | refwave play -", "-: cannot be read as a sound file"},
           {"echo | refwave play -", "ffmpeg -i IN -f wav -"},
           {"echo RIFF | refwave play -", "-: cannot be read as a sound file"},
           {"echo ID3 | refwave play -", "-: cannot be read as a sound file"},
           {": | refwave play -", "-: nothing arrived"},
           {"refwave play - </dev/null", "-: nothing arrived"},
           {": | refwave play - --raw u8,8000,1", "-: nothing arrived"},
           {"refwave play - <" + path("") + clocked_, "-: a folder; name the files in it\n"},
           {"refwave play - <" + write("b.wav", bytes_of({})) + clocked_, "-: holds no audio"},
           {"refwave play - <" + cut_file + clocked_,
            "-: cut short or damaged: 0.006 s of 1.000 s are missing"}})
    expect_error(run_bash(line), 1, HasSubstr(reason));
}

TEST_F(Pipes, A_full_disk_at_standard_output_is_named) {
  const Outcome outcome = run_bash("refwave record - --seconds 1 >/dev/full" + clocked_);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("-: no space left after"));
}

TEST_F(Pipes, Wav_of_open_length_is_not_cut) {
  for (const std::uint32_t length : {0xFFFFFFFFu, 0x7FFFF000u, 0x7F000000u}) {
    const std::string file = write("a.wav", bytes_of({.data_bytes = length}) + std::string(48000, 'a'));
    expect_played(file, "0:00\\.250", testing::_);
  }
}

TEST_F(Pipes, A_pause_in_the_pipe_is_told_as_an_underrun) {
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
