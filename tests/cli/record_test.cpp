// `refwave record` from the clocked device: the file's length and kind, Ctrl-C, and a disk that fills up. And
// the meter of play and record; that of play: play_test.cpp, Ctrl_C_stops_cleanly.
#include <gmock/gmock.h>
#include <sndfile.h>

#include <csignal>

#include "inf/cli/console/progress.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

using cli::meter_text;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class Record : public WithFolder {
 protected:
  static Outcome record(std::vector<std::string> words, const Surroundings& surroundings = {}) {
    words.insert(words.begin(), "record");
    words.insert(words.end(), {"--device", "clocked"});
    return run_refwave(words, surroundings);
  }
};

TEST_F(Record, The_file_has_the_length_and_the_format_that_were_asked_for) {
  struct Kind {
    const char* name;
    const char* bits;
    int format;
  };
  for (const Kind& kind : {Kind{"a.wav", "16", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                           {"b.wav", "24", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24},
                           {"c.WAV", "32", SF_FORMAT_WAVEX | SF_FORMAT_PCM_32},
                           {"d.wav", "float", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
                           {"e.flac", "24", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
                           {"f.aiff", "16", SF_FORMAT_AIFF | SF_FORMAT_PCM_16}}) {
    const Outcome outcome = record({path(kind.name), "--seconds", "0.51", "--rate", "44100", "--channels",
                                    "1", "--bits", kind.bits, "--option", "clock=20"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, IsEmpty());
    const Decoded file = decode(path(kind.name));
    EXPECT_EQ(file.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK), kind.format);
    EXPECT_EQ(file.samples.size(), 22'491U);
    EXPECT_EQ(file.channels, 1);
    EXPECT_EQ(file.rate, 44'100);
  }
}

/// Expects: a recorder ends with status 0. Under load it may have lost sound, and says so.
void expect_end(ChildProcess& child, int signal, const std::string& output, ProcessorWaits& waits) {
  waits.look();
  if (child.end(signal) == 0) return;
  EXPECT_THAT(contents_of(output), HasSubstr(" are missing, because the "));
  EXPECT_TRUE(waits.skips_over(std::chrono::milliseconds(100))) << contents_of(output);
}

TEST_F(Record, A_terminal_that_closes_finishes_the_file_like_Ctrl_C_and_SIGTERM) {
  std::signal(SIGHUP, SIG_DFL);  // a run under nohup would ignore it, and its children would
  ProcessorWaits waits;
  for (const auto& [name, beginning] : {std::pair{"a.wav", 100'000U}, {"b.ogg", 1'000U}}) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      const std::string file = path(name);
      ChildProcess child = record_until(file, beginning);
      // `timeout`, shells and the kernel send a signal twice, or two.
      for (const int before : {signal, SIGTERM, SIGHUP}) child.signal(before);
      expect_end(child, signal, path("output"), waits);
      const Decoded recorded = decode(file);
      EXPECT_FALSE(recorded.samples.empty()) << name << ' ' << signal;
      if (recorded.format != (SF_FORMAT_OGG | SF_FORMAT_VORBIS)) {
        EXPECT_EQ(recorded.samples.size() * 2 + 80, std::filesystem::file_size(file));
      }
      std::filesystem::remove(file);
    }
  }
}

TEST_F(Record, Messages_go_into_no_file_whose_descriptor_was_standard_error) {
  const std::string file = path("a.wav");
  const std::string config = write("refwave.toml", "peroid = 64\n");  // a warning
  const Outcome outcome = run_bash("REFWAVE_CONFIG=" + config + " refwave record " + file +
                                   " --seconds 0.5 -d clocked -O clock=20 <&- >&- 2>&-");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(std::filesystem::file_size(file), 80 + 24'000U * 4);
  EXPECT_EQ(decode(file).samples, std::vector<double>(48'000));
}

TEST_F(Record, Opus_has_the_length_that_was_asked_for) {
  const Outcome outcome = record({path("a.opus"), "--seconds", "1", "--option", "clock=20"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(decode(path("a.opus")).samples.size(), 96'000U);
  expect_error(record({path("b.opus"), "--rate", "44100"}), 2, HasSubstr("opus files cannot hold 44100 Hz"));
}

TEST_F(Record, A_terminal_that_closes_is_ignored_under_nohup) {
  std::signal(SIGHUP, SIG_IGN);  // as nohup has it, for the child
  ProcessorWaits waits;
  const std::string file = path("a.wav");
  ChildProcess child = record_until(file, 100'000);
  std::signal(SIGHUP, SIG_DFL);
  child.signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return bytes_in(file) > 600'000; }, std::chrono::seconds(40)));
  EXPECT_TRUE(child.running());
  expect_end(child, SIGTERM, path("output"), waits);
}

TEST_F(Record, A_kind_of_file_that_cannot_hold_it_is_refused) {
  for (const auto& [name, reason] : {std::pair{"a.mystery", "end it in one of .wav, .flac, .aiff"},
                                     {"a", ".ogg, .opus"},
                                     {"a.flac", "flac files cannot hold"}}) {
    const Outcome outcome = record({path(name), "--bits", "float"});
    expect_error(outcome, 2, HasSubstr(reason));
    EXPECT_FALSE(std::filesystem::exists(path(name)));
  }
}

TEST_F(Record, A_folder_that_is_not_there_is_an_error) {
  const Outcome outcome = record({path("absent/a.wav"), "--seconds", "1"});
  expect_error(outcome, 1, HasSubstr("cannot be written"));
}

TEST_F(Record, A_file_that_may_not_grow_keeps_what_was_recorded) {
  for (const char* name : {"a.wav", "b.aiff", "c.au"}) {
    const std::string file = path(name);
    Outcome outcome = record({file, "--seconds", "60", "--option", "clock=50"}, {.largest_file = 300'000});
    // Under this limit libpulse complains about its shared memory.
    outcome.err.erase(0, outcome.err.find("refwave: "));
    expect_error(outcome, 1,
                 AllOf(HasSubstr(file), HasSubstr("cannot be written any further"), HasSubstr("are kept")));
    EXPECT_GE(decode(file).samples.size(), 140'000U);
  }
}

TEST_F(Record, A_full_disk_leaves_no_file_without_sound) {
  for (const char* name : {"a.wav", "b.flac", "c.ogg", "d.aiff"}) {
    const Outcome outcome =
        record({path(name), "--seconds", "60", "--option", "clock=50"}, {.largest_file = 10});
    expect_error(outcome, 1, AllOf(HasSubstr("File too large"), HasSubstr("space")));
    EXPECT_FALSE(std::filesystem::exists(path(name))) << name;
  }
}

TEST(MeterText, Is_filled_to_the_mean_power_and_shaded_to_the_peak) {
  // 12 cells of 5 dB: -30 dB is the seventh, -10 dB the eleventh.
  EXPECT_EQ(meter_text({.peak = 0.316F, .rms = 0.0316F}, 23), "██████▒▒▒▒·· -10.0 dBFS");
  EXPECT_EQ(meter_text({}, 23), "············    silence");
  EXPECT_EQ(meter_text({.peak = 1, .rms = 1}, 23), "████████████   0.0 dBFS");
}

TEST_F(Record, Shows_its_levels_on_a_terminal) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  ProcessorWaits waits;
  const Outcome outcome = run_refwave(
      {"record", path("a.wav"), "--device", "clocked"},
      {.stderr_is_terminal = true,
       .interrupt_when = [](const std::string& text) { return text.find("silence") != std::string::npos; },
       .waits = &waits});
  EXPECT_TRUE(outcome.status == 0 || waits.skips_over(std::chrono::milliseconds(20))) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("····"));
}

}  // namespace
}  // namespace refwave::test
