// `refwave play` with good files, through the clocked device; and of a program that was stopped meanwhile.
#include <gmock/gmock.h>
#include <sndfile.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <tuple>

#include "inf/cli/wave_client/wave_out.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class Play : public WithFolder {
 protected:
  static Outcome play(std::vector<std::string> words, const Surroundings& surroundings = {}) {
    words.insert(words.begin(), "play");
    words.insert(words.end(), {"--device", "clocked"});
    Surroundings wide = surroundings;
    wide.environment.emplace_back("COLUMNS=300");  // a report of a file is one line, however long the name
    return run_refwave(words, wide);
  }
};

TEST_F(Play, Sound_is_played_bit_for_bit) {
  for (const auto& [name, kind] : {std::pair{"8.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8},
                                   {"16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                                   {"24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24},
                                   {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
                                   {"8.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_S8},
                                   {"24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24}}) {
    const std::string file = write_noise(name, kind, 2, 48000, 10'007);
    // A period that the mixer divides into runs.
    for (const std::string& line : both_ways(file))
      expect_bit_for_bit(line + " --block 997 --period 3001", file);
  }
}

/// Returns: the frames from the first sound to the last.
double heard_frames(const Decoded& out) {
  const auto is_sound = [](double sample) { return std::abs(sample) > 0.01; };
  const auto first = std::find_if(out.samples.begin(), out.samples.end(), is_sound);
  const auto last = std::find_if(out.samples.rbegin(), out.samples.rend(), is_sound).base();
  return static_cast<double>(last - first) / out.channels;
}

TEST_F(Play, A_capture_never_overwrites_what_is_played) {
  const std::string file = write_wav("own.wav", 48'000);
  std::filesystem::create_hard_link(file, path("same.wav"));
  const std::uintmax_t bytes = std::filesystem::file_size(file);
  for (const std::string& capture : {file, path("same.wav")}) {
    const Outcome outcome = run_refwave({"play", file, "--device", "clocked", "--capture", capture});
    expect_error(outcome, 2, HasSubstr("is also the input"));
    EXPECT_EQ(std::filesystem::file_size(file), bytes);
  }
  const Outcome outcome = run_bash("refwave play - -d clocked --capture " + file + " <" + file);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(std::filesystem::file_size(file), bytes);
}

TEST_F(Play, A_capture_on_a_full_disk_reports_how_much_is_missing) {
  const std::string file = write_wav("a.wav", 2 * 48'000);
  // Room for half a second of float frames, or none.
  for (const auto& [capture, room, least] :
       {std::tuple{path("out.wav"), std::size_t{200'000}, "1.[4-9]"}, {"/dev/full", 0, "[2-3]\\.[0-9]"}}) {
    const Outcome outcome =
        run_refwave({"play", file, "--device", "clocked", "--capture", capture}, {.largest_file = room});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, testing::ContainsRegex(capture + ": " + least + "[0-9]* s were not captured;"));
    EXPECT_THAT(outcome.err, HasSubstr("warning: capture: cannot "));
  }
}

TEST_F(Play, Speed_shortens_a_file_and_pitch_does_not) {
  const std::string file = write_wav("in.wav", 48'000);
  struct Wish {
    std::vector<std::string> options;
    double frames;
    double margin;
  };
  for (const Wish& wish : {Wish{{"--speed", "2"}, 24'000, 100}, Wish{{"--speed", "0.5"}, 96'000, 100},
                           Wish{{"--pitch", "1.5"}, 48'000, 1'000}}) {
    std::vector<std::string> line{file, "--capture", path("out.wav"), "--rate", "48000", "--buffers", "64"};
    line.insert(line.end(), wish.options.begin(), wish.options.end());
    const Outcome outcome = play(line);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("in.wav: 0:01.000"), HasSubstr("underruns 0")));
    EXPECT_NEAR(heard_frames(decode(path("out.wav"))), wish.frames, wish.margin) << line.back();
  }
}

TEST_F(Play, A_pitch_with_the_defaults_runs_dry_at_no_rate) {
  for (const int rate : {8'000, 88'200, 176'400, 192'000}) {
    const std::string file = write_noise("in.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, rate, rate * 3 / 20);
    for (const char* const pitch : {"0.25", "2"}) {
      const Outcome outcome = play({file, "--pitch", pitch, "--option", "clock=0.25"});
      EXPECT_EQ(outcome.status, 0) << outcome.err;
      EXPECT_THAT(outcome.out, HasSubstr("underruns 0")) << rate << ' ' << pitch;
    }
  }
}

TEST_F(Play, Every_kind_of_block_and_completion_plays_it_all) {
  const std::string file = write_noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 44100, 22050);
  for (const char* words : {"-n 1", "-n 600 -b 7", "-b 1000000", "-c direct", "-p 64", "-v 0", "-r 96000"}) {
    const Outcome outcome = run_bash("refwave play " + file + " -d clocked -O clock=20 " + words);
    EXPECT_EQ(outcome.status, 0) << outcome.err << words;
    EXPECT_THAT(outcome.out, HasSubstr("0:00.500 of 44100 Hz, 1 channel, s16")) << words;
  }
}

TEST_F(Play, Several_files_are_played_in_turn_and_another_format_reopens_the_stream_with_a_note) {
  const Outcome outcome =
      play({write_wav("a.wav", 4800), path("absent.wav"),
            write_noise("b.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8, 8000, 800), "--option", "clock=10"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("a.wav: 0:00.100"), HasSubstr("b.wav: 0:00.100"),
                                 HasSubstr("b.wav, because its format differs: 8000 Hz, 8 channels, f32")));
  EXPECT_TRUE(is_one_error_line(outcome.err)) << outcome.err;
}

TEST_F(Play, Files_of_one_format_follow_each_other_without_a_gap) {
  std::vector<std::string> words;
  std::vector<double> all;
  for (const char* name : {"a.wav", "b.flac", "c.wav"}) {
    const int kind = std::string_view(name).ends_with("flac") ? SF_FORMAT_FLAC : SF_FORMAT_WAV;
    words.push_back(write_noise(name, kind | SF_FORMAT_PCM_16, 2, 48000, 4801));
    const Decoded part = decode(words.back());
    all.insert(all.end(), part.samples.begin(), part.samples.end());
  }
  words.insert(words.end(), {"--capture", path("out.wav"), "--rate", "48000", "--block", "1000"});
  const Outcome outcome = play(words);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("a.wav: 0:00.100"), HasSubstr("b.flac: 0:00.100"),
                                 HasSubstr("c.wav: 0:00.100"), testing::Not(HasSubstr("reopened"))));
  EXPECT_TRUE(decode(path("out.wav")).holds(all));
}

TEST_F(Play, Control_characters_in_a_name_are_shown_and_not_obeyed) {
  const std::string file = write_wav("a\033[31m\n.wav", 480);
  const Outcome outcome = play({file, path("b\033[2J.wav")});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("a\\x1b[31m\\n.wav: 0:00.010"), testing::Not(HasSubstr("\033"))));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("b\\x1b[2J.wav: no such file"), testing::Not(HasSubstr("\033"))));
}

TEST_F(Play, Ctrl_C_stops_cleanly_and_leaves_the_terminal_line_empty) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const std::string file = write_noise("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 8000, 8000 * 100);
  const Outcome outcome =
      play({file}, {.stderr_is_terminal = true, .interrupt_when = [](const std::string& shown) {
                      return shown.find(" dBFS") != std::string::npos;
                    }});
  EXPECT_EQ(outcome.status, 130);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("long.wav  0:0"), HasSubstr(" / 1:40.000"), testing::EndsWith("\r\033[K")));
  EXPECT_THAT(outcome.out, HasSubstr("stopped " + file));
}

TEST_F(Play, A_clock_that_is_never_stepped_is_noticed) {
  const std::string file = write_wav("a.wav", 4800);
  const Outcome outcome = play({file, "--option", "clock=0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("has taken no audio for five seconds"));
}

// A position of 32 bits, in bytes or in frames.
TEST(Long_count, Goes_on_after_each_wrap) {
  cli::LongCount count;
  constexpr std::uint64_t kStep = 1'500'000'000;
  for (std::uint64_t whole = 0; whole < (std::uint64_t{1} << 36U); whole += kStep)
    ASSERT_EQ(count.follow(static_cast<std::uint32_t>(whole)), whole);
}

TEST_F(Play, Asks_for_a_long_latency_by_default) {
  const PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_wav("a.wav", 4'800);
  for (const auto& [config, option, latency] : {std::tuple{"", "period=480", "1[5-9][0-9]|2[0-4][0-9]"},
                                                {"latency_ms = 60", "period=480", "[4-7][0-9]"},
                                                {"latency_ms = 0", "period=480", "[12][0-9]"},
                                                {"", "latency_ms=60", "[4-7][0-9]"}}) {
    const std::string log = path("log");
    std::filesystem::remove(log);
    const Outcome outcome = run_refwave({"play", file, "--option", option, "--option", "log=" + log},
                                        {.environment = {"REFWAVE_CONFIG=" + write("refwave.toml", config)}});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(content(log), testing::ContainsRegex(std::string("frames .(") + latency + ") ms"))
        << config << option;
  }
}

TEST_F(Play, The_whole_file_arrives_at_each_kind_of_sink) {
  const std::string file = write_wav("a.wav", 48'000);
  for (const auto kind : {PrivatePulse::Sink::steady, PrivatePulse::Sink::resting}) {
    PrivatePulse pulse(PrivatePulse::kRate, kind);
    pulse.export_environment();
    pulse.listen();
    EXPECT_EQ(run_refwave({"play", file}).status, 0);
    EXPECT_EQ(compare(integers_of(file), pulse.wait_for_recording(48'000)).same, 48'000U);
  }
}

#ifdef REFWAVE_AUDIBLE_DRIVER
TEST_F(Play, The_example_of_an_audible_driver_is_heard_bit_for_bit) {
  PrivatePulse pulse;
  pulse.export_environment();
  const auto sent = integers_of(write_noise("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 2, 48'000, 20'000));
  test::write_wav(path("b.wav"), sent, PrivatePulse::kRate);  // with silence, of which it may drop some
  EXPECT_EQ(run_refwave({"play", "--driver", REFWAVE_AUDIBLE_DRIVER, path("b.wav")}).status, 0);
  const Arrival arrival = compare(sent, pulse.wait_for_recording(20'000));
  EXPECT_TRUE(arrival.same == 20'000 && arrival.other == 0) << arrival;
}
#endif

TEST_F(Play, A_player_that_was_stopped_plays_to_its_end_and_a_recorder_records_all) {
  const PrivatePulse pulse;
  pulse.export_environment();
  const std::string file = write_wav("a.wav", 48000 * 2);
  const Outcome outcome = run_bash(
      "refwave play " + file + " & player=$!; refwave record --seconds 2 " + path("b.wav") +
          " & both=\"$player $!\"; until [[ $(stat -c %s " + path("b.wav") +
          ") -gt 100000 ]]; do sleep 0.02; done; kill -STOP $both; sleep 6; kill -CONT $both; wait $both",
      {.environment = {"COLUMNS=300"}});
  EXPECT_EQ(outcome.err.find("for five seconds"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("played " + file + ": 0:02.000 of"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("recorded " + path("b.wav") + ": 0:02.000 of"), std::string::npos)
      << outcome.out;
}

// Where it begins, and how often it plays: --seek, --loop. And --quiet.

constexpr std::size_t kSeekFrames = 96'001;

class Seek : public WithFolder {
 protected:
  std::string noise(const char* name, int format) const {
    return write_noise(name, format, 2, 48000, kSeekFrames);
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
