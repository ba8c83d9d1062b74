// Sound through pipes: into `refwave play`, and out of `refwave record`.
#include <gmock/gmock.h>
#include <sndfile.h>

#include <vector>

#include "inf/cli/sound_file/raw_format.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using dsp::SampleType;
using testing::ContainsRegex;
using testing::ElementsAre;
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

// Samples without a header: --raw of `refwave play` and `refwave record`.

class Raw : public WithFolder {};

TEST_F(Raw, Samples_are_played_bit_for_bit) {
  struct Kind {
    int encoding;
    const char* order;
    const char* raw;
  };
  for (const Kind& kind : {Kind{SF_FORMAT_PCM_16, "", "s16le"}, Kind{SF_FORMAT_PCM_16, "", "S16_LE"},
                           Kind{SF_FORMAT_PCM_16, " | dd conv=swab status=none", "s16be"},
                           Kind{SF_FORMAT_PCM_24, "", "s24le"}, Kind{SF_FORMAT_PCM_U8, "", "u8"}}) {
    const std::string file = write_noise("a.wav", SF_FORMAT_WAV | kind.encoding, 2, 48000, 10'000);
    expect_bit_for_bit(
        "tail -c +45 " + file + kind.order + " | refwave play - --raw " + kind.raw + ",48000,2", file);
  }
}

TEST_F(Raw, A_file_without_a_header_is_played_and_half_a_frame_is_reported) {
  const Outcome outcome = run_refwave({"play", write("a.raw", std::string(48'003, 'a')), "--raw",
                                       "s16le,48000,2", "-d", "clocked", "-O", "clock=20"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr(": 0:00.250 of 48000 Hz"));
  EXPECT_THAT(outcome.err, HasSubstr("its last 3 bytes are not a whole frame"));
}

TEST_F(Raw, A_recording_is_nothing_but_samples) {
  for (const auto& [raw, bytes] : {std::pair{"u8,44100,1", 22'050},
                                   {"s24le,44100,2", 132'300},
                                   {"f32be,48000,2", 192'000},
                                   {"f64le,48000,1", 192'000}}) {
    const Outcome outcome = run_bash("refwave record - --raw " + std::string(raw) +
                                     " --seconds 0.5 -d clocked -O clock=20 >" + path("a.raw"));
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(std::filesystem::file_size(path("a.raw")), static_cast<std::uintmax_t>(bytes)) << raw;
  }
}

TEST_F(Raw, What_is_no_format_is_refused_by_name) {
  for (const auto& [raw, reason] :
       {std::pair{"s17le,48000,2", "no sample format is called s17le; known: u8, s8, s16le"},
        {"s16le,384000,2", "384000 Hz, and 8000 to 192000 Hz are possible"},
        {"s16le,48000,9", "9 channels, and 1 to 8 channels are possible"},
        {"s16le", "write it as s16le,48000,2"},
        {"s16le,48000,two", "two channels"}}) {
    for (const char* command : {"play", "record"}) {
      const Outcome outcome = run_refwave({command, "-", "--raw", raw});
      expect_error(outcome, 2, HasSubstr(reason));
    }
  }
  EXPECT_THAT(run_refwave({"record", "-", "--raw", "ulaw,8000,1"}).err,
              HasSubstr("such samples are only played"));
  EXPECT_THAT(run_refwave({"record", path("a.raw"), "--raw", "u8,8000,1"}).err,
              HasSubstr("--raw writes to standard output only"));
}

TEST(RawFormat, Signed_bytes_and_the_other_order_are_turned_and_turned_back) {
  std::vector<std::byte> bytes{std::byte{0x00}, std::byte{0x7F}};
  cli::turn(bytes, cli::raw_format("s8,8000,1"));
  EXPECT_THAT(bytes, ElementsAre(std::byte{0x80}, std::byte{0xFF}));
  std::vector<std::byte> wide{std::byte{1}, std::byte{2}, std::byte{3}};
  const cli::RawFormat raw = cli::raw_format("S24_3BE,8000,1");
  cli::turn(wide, raw);
  EXPECT_THAT(wide, ElementsAre(std::byte{3}, std::byte{2}, std::byte{1}));
  cli::turn(wide, raw);
  EXPECT_THAT(wide, ElementsAre(std::byte{1}, std::byte{2}, std::byte{3}));
}

}  // namespace
}  // namespace refwave::test
