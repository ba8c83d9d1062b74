// A recording whose disk, reader, device or program is blocked: nothing is lost, or the loss is reported.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>

#include "inf/cli/console/failure.h"
#include "inf/cli/recording/recording.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/eventually.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr dsp::Format kFormat{dsp::SampleType::s16, 2, 48'000};

class Recording : public WithFolder {
 protected:
  static std::vector<std::byte> silence(std::size_t frames) {
    return std::vector<std::byte>(frames * kFormat.bytes_per_frame());
  }
};

TEST_F(Recording, That_outgrows_RIFF_becomes_RF64_on_the_way) {
  const std::string file = path("a.wav");
  cli::SoundFileWriter writer(file, kFormat, std::nullopt, {.riff_bytes = 500'000});
  writer.write(silence(100'000));
  EXPECT_EQ(decode(file).format, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
  for (int i = 0; i < 5; ++i) writer.write(silence(50'000));
  EXPECT_EQ(decode(file).format, SF_FORMAT_RF64 | SF_FORMAT_PCM_16) << "while it is written";
  writer.close();
  EXPECT_EQ(decode(file).format, SF_FORMAT_RF64 | SF_FORMAT_PCM_16);
  EXPECT_EQ(decode(file).samples.size(), 700'000U);
}

TEST_F(Recording, Of_another_program_whose_length_has_wrapped_is_played_to_its_end) {
  constexpr std::uint64_t kBytes = (1ULL << 32) + 96'000;
  const std::string file = write("a.wav", bytes_of({.data_bytes = static_cast<std::uint32_t>(kBytes)}));
  std::filesystem::resize_file(file, 44 + kBytes);  // sparse
  const Outcome outcome = run_bash("refwave play " + file + " --seek 22369.5 --device clocked");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("50.121 of 48000 Hz"));
}

TEST_F(Recording, Stops_before_the_limit_of_its_kind_of_file_and_says_so) {
  const std::string file = path("a.aiff");
  cli::SoundFileWriter writer(file, kFormat, std::nullopt, {.aiff_bytes = 401'024});
  writer.write(silence(60'000));
  try {
    writer.write(silence(60'000));
    ADD_FAILURE() << "it took more than the limit";
  } catch (const cli::Failure& failure) {
    EXPECT_THAT(failure.what(), AllOf(HasSubstr("hold no more"), HasSubstr("0:02.083"), HasSubstr(".w64")));
  }
  writer.close();
  EXPECT_EQ(decode(file).samples.size(), 200'000U);
}

TEST_F(Recording, Keeps_what_a_pipe_does_not_take_until_the_room_is_full) {
  const std::string fifo = path("fifo.wav");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  constexpr std::size_t kRoom = 4'000'000;
  std::size_t accepted = 0;
  {
    cli::BackgroundWriter writer(cli::SoundFileWriter(fifo, kFormat, std::nullopt), kRoom);
    const auto block = silence(6'000);
    while (accepted <= 2 * kRoom && writer.write(block)) accepted += block.size();
    EXPECT_GT(accepted, kRoom - block.size()) << "all the room is used";
    EXPECT_LE(accepted, kRoom + (1U << 20)) << "beyond it only what the pipe holds";

    writer.end();
    std::size_t bytes = 0;
    std::array<char, 65'536> buffer{};
    const auto drain = [&] {
      for (::ssize_t got = 1; got > 0; bytes += static_cast<std::size_t>(std::max<::ssize_t>(got, 0)))
        got = ::read(reader, buffer.data(), buffer.size());
    };
    EXPECT_TRUE(eventually([&] {
      drain();
      return writer.has_ended(std::chrono::milliseconds(0));
    }));
    drain();
    EXPECT_EQ(bytes, 44 + accepted);
    EXPECT_DOUBLE_EQ(writer.seconds(), static_cast<double>(accepted) / 4 / kFormat.rate);
  }
  ::close(reader);
}

TEST_F(Recording, Whose_writing_fails_throws_the_reason_at_the_next_write) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const std::string fifo = path("fifo.wav");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  cli::BackgroundWriter writer(cli::SoundFileWriter(fifo, kFormat, std::nullopt), 1'000'000);
  ::close(reader);
  std::string reason;
  EXPECT_TRUE(eventually([&] {
    try {
      writer.write(silence(100));
    } catch (const cli::Failure& failure) {
      reason = failure.what();
    }
    return !reason.empty();
  }));
  EXPECT_THAT(reason, HasSubstr("the reader ended after"));
  std::signal(SIGPIPE, before);
}

cli::GivenTime::Time moment(double seconds) {
  return cli::GivenTime::Time{} + std::chrono::milliseconds(std::llround((seconds + 1) * 1'000));
}

/// Effects: a device delivers a thousand frames a second in eight parts, from `begin` to `end`.
void give(cli::GivenTime& given, double begin, double end, double missing) {
  for (double at = begin + 0.125; at <= end; at += 0.125) {
    given.tick(moment(at));
    given.note(static_cast<std::uint64_t>(std::llround((at - missing) * 1'000)), moment(at));
  }
}

TEST(Given_time, Counts_what_a_device_did_not_give_while_it_stood_still) {
  cli::GivenTime given(1'000, std::chrono::milliseconds(100));
  give(given, 0, 10, 0);
  EXPECT_DOUBLE_EQ(given.missing_seconds(), 0);
  for (double at = 10; at < 12; at += 0.05) given.tick(moment(at));
  give(given, 12, 20, 2);
  EXPECT_NEAR(given.missing_seconds(), 2, 0.001);
  EXPECT_FALSE(given.was_stopped());
}

/// Returns: what is missing after ten seconds that lacked four, and a stop whose last report comes half a
/// second later.
double missing_after_stop_at(double stop, std::uint64_t frames) {
  cli::GivenTime given(1'000, std::chrono::milliseconds(100));
  give(given, 0, 5, 0);
  give(given, 9, 10, 4);
  given.stop(moment(stop));
  given.note(frames, moment(stop + 0.5));
  return given.missing_seconds();
}

TEST(Given_time, Counts_what_a_device_did_not_give_until_the_stop_and_nothing_after_it_makes_up_for_that) {
  EXPECT_NEAR(missing_after_stop_at(10, 6'500), 4, 0.001);
  EXPECT_NEAR(missing_after_stop_at(14, 6'125), 7.875, 0.001);
}

TEST(Given_time, Counts_neither_a_device_in_bursts_nor_one_whose_clock_is_slow) {
  cli::GivenTime given(1'000, std::chrono::milliseconds(100));
  for (int second = 2; second < 1'000; second += 2)
    for (int i = 1; i <= 16; ++i) {
      given.tick(moment(second + i * 0.001));
      given.note(static_cast<std::uint64_t>((second - 2) * 999 + 125 * i), moment(second + i * 0.001));
    }
  EXPECT_DOUBLE_EQ(given.missing_seconds(), 0);
}

class ServersRecording : public Recording {
 protected:
  ServersRecording() { pulse.export_environment(); }

  PrivatePulse pulse;
  const std::string file = path("a.wav");
  const std::function<bool(bool)> kill = once([this] { pulse.kill_server(); });
};

TEST_F(Recording, Of_a_program_that_was_stopped_says_how_much_is_missing) {
  const std::string file = path("a.wav");
  ChildProcess child = record_until(file, 200'000);
  child.signal(SIGSTOP);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() >= until; }));
  child.signal(SIGCONT);
  const auto bytes = std::filesystem::file_size(file);
  ASSERT_TRUE(eventually([&] { return bytes_in(file) > bytes + 100'000; }, std::chrono::seconds(40)));
  EXPECT_EQ(child.end(SIGINT), 1);
  EXPECT_THAT(content(path("output")),
              AllOf(HasSubstr("recorded " + file),
                    testing::ContainsRegex("[12]\\.[0-9]* s are missing, because the program was stopped")));
}

/// A frozen server is back sooner than one that starts, for which the command may not wait long enough under
/// load.
TEST_F(ServersRecording, Waits_for_a_named_device_that_is_lost_and_goes_on_when_it_is_back) {
  const auto freeze = once([&] { pulse.freeze_server(); });
  const auto thaw = once([&] { pulse.thaw_server(); });
  const auto server = [&](const std::string& err) {
    freeze(bytes_in(file) > 200'000);
    thaw(err.find("the device was lost; nothing is recorded until") != std::string::npos);
    return err.find("the device \"ALSA/refin\" is back") != std::string::npos;
  };
  const Outcome outcome = run_refwave({"record", file, "--device", "ALSA/refin"}, {.interrupt_when = server});
  EXPECT_TRUE(thaw(false));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.out, HasSubstr("recorded " + file));
  EXPECT_THAT(outcome.err, HasSubstr(" s are silence, because no device gave any sound"));
}

TEST_F(ServersRecording, Of_a_named_device_that_does_not_come_back_ends_after_five_seconds) {
  const auto server = [&](const std::string&) {
    kill(bytes_in(file) > 200'000);
    return false;
  };
  const Outcome outcome = run_refwave({"record", file, "--device", "ALSA/refin"}, {.interrupt_when = server});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr(" s are silence, because no device gave any sound"),
                                 HasSubstr("the device did not come back within five seconds")));
}

TEST_F(Recording, On_a_machine_without_a_device_is_silence_and_says_so) {
  const Surroundings nothing{.environment = {"ALSA_CONFIG_PATH=/dev/null", "PULSE_SERVER=unix:/nowhere",
                                             "XDG_RUNTIME_DIR=" + path(""), "JACK_NO_START_SERVER=1",
                                             "JACK_DEFAULT_SERVER=refwave-none"}};
  const Outcome outcome = run_refwave({"record", path("a.wav"), "--seconds", "0.5"}, nothing);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("a.wav: 0.50 s are silence, because no device gave any sound"));
  const Outcome wanted =
      run_refwave({"record", path("a.wav"), "--seconds", "0.5", "--device", "clocked"}, nothing);
  EXPECT_EQ(wanted.status, 0) << wanted.err;
}

}  // namespace
}  // namespace refwave::test
