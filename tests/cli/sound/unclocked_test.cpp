// ALSA's devices without a clock, beside what aplay writes to them.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <regex>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/own_alsa.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;
using Clock = std::chrono::steady_clock;

class Unclocked : public WithFolder {
 protected:
  /// Returns: what `command` has written to `file`.
  std::string written_by(const std::string& command, const std::string& file) {
    std::filesystem::remove(path(file));
    const Outcome outcome = run_bash(command);
    EXPECT_EQ(outcome.status, 0) << command << '\n' << outcome.err;
    EXPECT_THAT(outcome.err, IsEmpty()) << command;
    return contents_of(path(file));
  }

  /// Returns: the path of so many seconds of noise: 16 bits, stereo, 48 kHz.
  std::string noise(std::size_t seconds) const { return write_wav("sound.wav", 48'000 * seconds); }

  const OwnAlsa alsa_{R"(
pcm.!default { type plug slave.pcm "raw" }
pcm.null { type null }
pcm.raw { type file slave.pcm "null" format "raw" file ")" +
                      path("raw") + R"(" }
pcm.wav { type file slave.pcm "null" format "wav" file ")" +
                      path("wav") + R"(" }
pcm.fifo { type file slave.pcm "null" format "raw" file ")" +
                      path("fifo") + R"(" }
pcm.in { type file slave.pcm "null" format "raw" file "/dev/null" infile ")" +
                      path("in") + R"(" }
)"};
};

TEST_F(Unclocked, A_file_gets_the_sound_as_aplay_writes_it_and_no_more) {
  for (const auto& [kind, sample_bytes] : {std::pair<std::string, std::size_t>{"-b 16 -c 2 -r 48000", 2},
                                           {"-b 24 -c 1 -r 44100", 3},
                                           {"-b 8 -c 2 -r 22050", 1}}) {
    const std::string sound = path("sound.wav");
    ASSERT_EQ(
        run_bash("sox -R -D -n " + kind + " " + sound + " synth 0.3 whitenoise gain -1 pad 0.1 0.05").status,
        0);
    const std::size_t bytes = decode(sound).samples.size() * sample_bytes;
    for (const char* device : {"raw", "default"}) {
      // It fills its last period with silence.
      const std::string expected = written_by("aplay -q -D " + std::string(device) + " " + sound, "raw");
      for (const std::string& rate : {std::string(), kind.substr(kind.find("-r"))}) {
        const std::string written =
            written_by("refwave play --device ALSA/" + std::string(device) + " " + rate + " " + sound, "raw");
        EXPECT_TRUE(written == expected.substr(0, bytes)) << kind << device << rate << written.size();
      }
    }
  }
}

TEST_F(Unclocked, A_WAV_file_is_as_aplay_s) {
  const std::string sound = write_wav("sound.wav", 24'000);  // aplay's periods divide that
  const std::string expected = written_by("aplay -q -D wav " + sound, "wav");
  EXPECT_TRUE(written_by("refwave play --device ALSA/wav " + sound, "wav") == expected);
}

TEST_F(Unclocked, A_FIFO_gets_all_at_its_reader_s_pace) {
  const std::string sound = noise(2);
  const std::string expected = written_by("aplay -q -D raw " + sound, "raw");
  ASSERT_EQ(run_bash("mkfifo " + path("fifo")).status, 0);
  // It takes 100 ms of sound in 150 ms.
  EXPECT_TRUE(written_by("(while [ $(head -c 19200 | tee -a " + path("got") +
                             " | wc -c) -gt 0 ]; do sleep 0.15; done < " + path("fifo") +
                             ") & refwave play --device ALSA/fifo " + sound + " && wait",
                         "got") == expected);
}

TEST_F(Unclocked, A_pause_keeps_the_file) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const std::string sound = noise(2);
  const std::string expected = written_by("aplay -q -D raw " + sound, "raw");
  Surroundings keys{.stderr_is_terminal = true};
  std::optional<Clock::time_point> paused;
  bool is_done = false;
  keys.type = [&](const std::string& err) -> std::string {
    if (!paused && std::regex_search(err, std::regex("0:0(0[.][5-9]|1)"))) {
      paused = Clock::now();
      return " ";
    }
    if (!paused || is_done || Clock::now() - *paused < std::chrono::milliseconds(500)) return "";
    is_done = true;
    return " ";
  };
  EXPECT_EQ(run_refwave({"play", "--device", "ALSA/raw", "--option", "linger_ms=50", sound}, keys).status, 0);
  EXPECT_TRUE(is_done);
  EXPECT_TRUE(contents_of(path("raw")) == expected);
}

TEST_F(Unclocked, Null_takes_its_time) {
  const std::string sound = noise(1);
  const auto before = Clock::now();
  const Outcome outcome = run_refwave({"play", "--device", "ALSA/null", sound});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err + outcome.underruns, IsEmpty());
  EXPECT_GE(Clock::now() - before, std::chrono::milliseconds(950));
}

TEST_F(Unclocked, A_recording_has_the_file_from_its_first_byte_on_and_then_silence) {
  ASSERT_EQ(run_bash("head -c 200000 /dev/urandom > " + path("in")).status, 0);
  const Outcome outcome = run_refwave({"record", path("got.wav"), "--device", "ALSA/in", "--seconds", "1.5",
                                       "--rate", "48000", "--channels", "2", "--bits", "16"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  ASSERT_EQ(run_bash("sox -D " + path("got.wav") + " -t raw " + path("got")).status, 0);
  const std::string expected = contents_of(path("in"));
  const std::string got = contents_of(path("got"));
  ASSERT_EQ(got.size(), 288'000U);
  EXPECT_TRUE(got.starts_with(expected));
  EXPECT_EQ(got.find_first_not_of('\0', expected.size()), std::string::npos);
}

}  // namespace
}  // namespace refwave::test
