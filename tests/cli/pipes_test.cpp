// Sound through pipes: into `refwave play`, and out of `refwave record`.
#include <gmock/gmock.h>
#include <sndfile.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <tuple>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;

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

TEST_F(Pipes, What_is_no_sound_says_how_to_convert_it) {
  for (const char* words : {"nothing like it", "", "RIFF", "ID3"}) {
    const Outcome outcome = run_bash("echo " + std::string(words) + " | refwave play -");
    expect_error(outcome, 1,
                 AllOf(HasSubstr("-: cannot be read as a sound file"), HasSubstr("ffmpeg -i IN -f wav -")));
  }
}

TEST_F(Pipes, What_begins_in_pieces_is_played_like_the_whole) {
  const std::string file = write_noise("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000, 48000);
  const Outcome outcome =
      run_bash("{ head -c 2 " + file + "; sleep 0.1; tail -c +3 " + file + "; } | refwave play -" + clocked_);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("0:01.000 of 48000 Hz"));
}

TEST_F(Pipes, An_empty_pipe_says_that_nothing_arrived) {
  for (const char* line :
       {": | refwave play -", "refwave play - </dev/null", ": | refwave play - --raw u8,8000,1"}) {
    const Outcome outcome = run_bash(line);
    expect_error(outcome, 1, HasSubstr("-: nothing arrived"));
  }
}

TEST_F(Pipes, What_is_cut_is_played_and_the_cut_is_said) {
  for (const auto& [name, kind, reason] :
       {std::tuple{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, "s of 1.000 s are missing"},
        {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "s of 1.000 s are missing"},
        {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, "s of 1.000 s are missing"},
        {"a.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, "s of 1.000 s are missing"},
        {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, "s of 1.000 s are missing"},
        {"a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, "s of 1.000 s are missing"},
        {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "s of 1.000 s are missing"}}) {
    const std::string file = write_noise(name, kind, 2, 48000, 48000);
    for (const std::uintmax_t lost : {std::uintmax_t{0}, std::filesystem::file_size(file) / 3}) {
      const Outcome outcome =
          run_bash("head -c -" + std::to_string(lost) + " " + file + " | refwave play -" + clocked_);
      EXPECT_EQ(outcome.status, lost == 0 ? 0 : 1) << name << outcome.err;
      EXPECT_THAT(outcome.err, lost == 0 ? testing::Matcher<std::string>(IsEmpty()) : HasSubstr(reason));
      EXPECT_THAT(outcome.out, HasSubstr(lost == 0 ? "played -: 0:01.000" : "played -: 0:00."));
    }
  }
}

TEST_F(Pipes, A_cut_file_at_standard_input_is_told_like_any_other) {
  const std::string file = write_wav("a.wav", 48000);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1200);
  const Outcome outcome = run_bash("refwave play - <" + file + clocked_);
  expect_error(outcome, 1, HasSubstr("-: cut short or damaged: 0.006 s of 1.000 s are missing"));
}

TEST_F(Pipes, A_folder_at_standard_input_is_refused) {
  const Outcome outcome = run_bash("refwave play - <" + path("") + clocked_);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "refwave: -: a folder; name the files in it\n");
}

TEST_F(Pipes, A_full_disk_at_standard_output_is_named) {
  const Outcome outcome = run_bash("refwave record - --seconds 1 >/dev/full" + clocked_);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("-: no space left after"));
}

TEST_F(Pipes, Wav_of_open_length_is_not_cut) {
  for (const std::uint32_t length : {0xFFFFFFFFu, 0x7FFFF000u, 0x7F000000u}) {
    const std::string file = write("a.wav", bytes_of({.data_bytes = length}) + std::string(48000, 'a'));
    expect_played(file, "0:00\\.250");
  }
}

TEST_F(Pipes, A_file_without_audio_is_refused) {
  const Outcome outcome = run_bash("cat " + write("a.wav", bytes_of({})) + " | refwave play -" + clocked_);
  expect_error(outcome, 1, HasSubstr("-: holds no audio"));
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
