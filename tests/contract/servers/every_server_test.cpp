// The usual configurations of sound servers. At the server's own rate, what one stream and eight play and
// what one records passes bit for bit, with only the device configured. A server that is killed, frozen or
// loses its sink is heard again.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/contract/harness.h"
#include "tests/contract/servers/loop.h"
#include "tests/contract/sound/client_format.h"
#include "tests/support/alsa_jack.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/processor_waits.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using test::PrivatePipewire;
using test::PrivatePulse;
using Samples = std::vector<std::int32_t>;

constexpr ClientFormat kS16{"s16", 16, 16, false};
constexpr ClientFormat kS24{"s24", 24, 24, false};

struct Row {
  const char* name;
  DWORD rate;
  ClientFormat format;  // the widest that reaches the sink unchanged
  const char* output;
  const char* input;
  std::function<std::unique_ptr<test::PrivateServer>()> start;

  std::string settings() const { return std::string("channels=2; device=") + output + "; input=" + input; }
};
void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

template <class Kind, class... Arguments>
Row row(const char* name, DWORD rate, const ClientFormat& format, const char* output,
        Arguments... arguments) {
  return {name, rate, format, output, Kind::kInput, [=] { return std::make_unique<Kind>(arguments...); }};
}

constexpr std::size_t kSentFrames = 32'000;
constexpr std::size_t kNoiseFrames = 8'000;  // the last of them

constexpr std::int32_t kLead = 0x1111'0000;

/// Returns: stereo sound of that many bits, at the upper end of 32: a constant, then noise. A sink that
/// rewinds gives its monitor less of a sound's beginning, and a JACK client is heard some periods after its
/// start.
Samples sound(WORD bits) {
  std::mt19937 random(7);
  Samples samples(2 * kSentFrames, kLead);
  for (auto at = samples.end() - 2 * kNoiseFrames; at != samples.end(); ++at)
    *at = static_cast<std::int32_t>(random() & ~0U << (32U - bits));
  return samples;
}

test::Arrival noise_of(const Samples& sent, const Samples& received) {
  return test::compare({sent.end() - 2 * kNoiseFrames, sent.end()}, received, kLead);
}

/// Returns: a stream on the server's device, at the format's rate. On a loud machine the server may answer
/// too late, which leaves an idle stream on the clocked device.
std::unique_ptr<Stream> open_on_server(LoadedDriver& driver, Diary& diary, const WAVEFORMATEX& format) {
  std::unique_ptr<Stream> stream;
  EXPECT_TRUE(test::eventually([&] {
    stream.reset();
    stream = std::make_unique<Stream>(driver, Direction::output, diary, format);
    const REFWAVE_STATISTICS now = statistics_of(*stream);
    return std::string(now.szDevice) != "clocked" && now.dwRate == format.nSamplesPerSec;
  })) << driver.warnings();
  return stream;
}

/// Expects: all of the noise arrives unchanged. On a loud machine a server may leave frames out, or, as
/// PipeWire does, resample those with which it makes up for lost time.
template <class Send>
void expect_exact(const char* what, Send send) {
  constexpr std::chrono::milliseconds kAtEase{200};  // half of the latency of those who send
  test::ProcessorWaits waits;
  const test::Arrival arrival = send();
  EXPECT_TRUE((arrival.same == kNoiseFrames && arrival.gaps == 0 && arrival.other == 0) ||
              waits.skips_over(kAtEase))
      << what << ": " << arrival;
}

class EveryServer : public testing::TestWithParam<Row> {
 protected:
  EveryServer() { server->export_environment(); }

  const std::unique_ptr<test::PrivateServer> server = GetParam().start();
};

class EveryServersSound : public EveryServer {
 protected:
  /// Effects: plays noise on one of so many streams, and silence on the others. Returns: what arrived.
  test::Arrival play_noise(std::size_t streams) {
    const Samples samples = sound(format.bits);
    LoadedDriver driver("latency_ms=400; " + GetParam().settings());
    std::deque<Diary> diaries(streams);
    std::deque<std::unique_ptr<Stream>> players;
    std::deque<Blocks> blocks(streams);
    for (Diary& diary : diaries) players.push_back(open_on_server(driver, diary, wave));
    server->listen();
    std::vector<char> bytes;
    for (const std::int32_t sample : samples) append(bytes, std::ldexp(sample, -31), format);
    for (std::size_t i = streams; i-- > 0;) {
      fill(blocks[i].emplace_back(bytes.size()), i == 0 ? bytes : std::vector<char>(bytes.size()));
      players[i]->queue(blocks[i]);
    }
    for (std::size_t i = 0; i < streams; ++i) {
      EXPECT_TRUE(test::eventually([&] { return diaries[i].done().size() == 1; })) << driver.warnings();
      EXPECT_EQ(players[i]->close(), MMSYSERR_NOERROR);
    }
    return noise_of(samples, server->wait_for_recording(kSentFrames));
  }

  /// Effects: records noise that another client plays. Returns: what arrived.
  test::Arrival record_noise() {
    const Samples samples = sound(format.bits);
    LoadedDriver driver("latency_ms=400; " + GetParam().settings());
    Diary diary;
    Stream recorder(driver, Direction::input, diary, wave);
    Blocks blocks;
    const std::size_t block_samples = GetParam().rate / 10 * 2;
    for (int i = 0; i < 60; ++i) blocks.emplace_back(block_samples * format.bits / 8);
    recorder.queue(blocks);
    recorder.start();
    EXPECT_TRUE(test::eventually([&] { return diary.done().size() > 2; })) << driver.warnings();
    server->play(samples);
    test::Arrival arrival;
    std::size_t heard = 0;  // blocks
    test::eventually([&] {
      const std::size_t done = diary.done().size();
      if (done == heard) return false;
      heard = done;
      Samples received;
      for (std::size_t i = 0; i < done; ++i)
        for (const double x : samples_of(blocks[i].header.lpData, block_samples, format))
          received.push_back(static_cast<std::int32_t>(std::ldexp(x, 31)));
      arrival = noise_of(samples, received);
      return arrival.gaps == 0 || done == blocks.size();
    });
    recorder.reset();
    EXPECT_EQ(recorder.close(), MMSYSERR_NOERROR);
    return arrival;
  }

 private:
  const ClientFormat format = GetParam().format;
  const WAVEFORMATEX wave = pcm(2, format.bits, GetParam().rate);
};

TEST_P(EveryServersSound, Arrives_bit_for_bit_played_and_recorded) {
  expect_exact("one stream", [&] { return play_noise(1); });
  expect_exact("eight streams", [&] { return play_noise(8); });
  expect_exact("recorded", [&] { return record_noise(); });
}

using EveryServersFaults = EveryServer;

TEST_P(EveryServersFaults, End_and_all_is_heard_again) {
  LoadedDriver driver(GetParam().settings());
  std::deque<Loop> loops;
  while (loops.size() < 8) loops.emplace_back(driver, Direction::output);
  const auto go_on = [&](std::uint64_t blocks) {
    std::vector<std::uint64_t> wanted;
    for (const Loop& loop : loops) wanted.push_back(loop.done() + blocks);
    return test::eventually(
        [&] { return std::ranges::equal(loops, wanted, std::greater_equal(), &Loop::done); });
  };
  using Server = test::PrivateServer;
  std::vector<std::pair<void (Server::*)(), void (Server::*)()>> faults = {
      {&Server::kill_server, &Server::start_server}, {&Server::freeze_server, &Server::thaw_server}};
  if (server->has_sinks()) faults.emplace_back(&Server::unload_sink, &Server::load_sink);
  for (const auto& [begin, end] : faults) {
    (*server.*begin)();
    EXPECT_TRUE(go_on(100)) << "a second";
    (*server.*end)();
    ASSERT_TRUE(test::eventually([&] { return std::ranges::none_of(loops, &Loop::is_on_clock); }))
        << driver.warnings();
    ASSERT_TRUE(go_on(10)) << driver.warnings();
    server->listen();
    EXPECT_TRUE(test::eventually([&] { return server->hears_sound(); })) << driver.warnings();
  }
  for (Loop& loop : loops) EXPECT_EQ(loop.end(), "");
}

using Sink = PrivatePulse::Sink;
using Protocol = PrivatePipewire::Protocol;
using Cycle = test::PrivateJack::Cycle;
std::vector<Row> rows(Cycle cycle) {
  return {
      row<PrivatePulse>("PulseAudios_dummy_output", 44'100, kS16, "default", 44'100U, Sink::dummy_output),
      row<PrivatePulse>("PulseAudios_null_sink", 44'100, kS16, "default", 44'100U, Sink::bare),
      row<PrivatePulse>("PulseAudios_null_sink_at_96000", 96'000, kS16, "default", 96'000U, Sink::resting),
      row<PrivatePulse>("PulseAudios_null_sink_by_name", 48'000, kS16, "PulseAudio/ref", 48'000U,
                        Sink::resting),
      row<PrivatePipewire>("PipeWires_ALSA_plugin", 48'000, kS24, "default"),
      row<PrivatePipewire>("PipeWire_at_44100_by_name", 44'100, kS24, "PipeWire/ref", 44'100U),
      row<PrivatePipewire>("PipeWire_as_PulseAudio", 48'000, kS16, "default", 48'000U, Protocol::pulse),
      row<test::PrivateJack>("JACK", 44'100, kS24, "default", 44'100U, cycle),
      row<test::AlsaJack>("JACK_by_ALSA", 48'000, kS16, "ALSA/default", cycle)};
}
const auto kRows = testing::ValuesIn(rows(Cycle::goes_on));
// A JACK server that goes on leaves out the period of a late client.
const auto kPatientRows = testing::ValuesIn(rows(Cycle::waits_for_clients));
const auto name = [](const testing::TestParamInfo<Row>& row) { return row.param.name; };
INSTANTIATE_TEST_SUITE_P(, EveryServersSound, kPatientRows, name);
INSTANTIATE_TEST_SUITE_P(, EveryServersFaults, kRows, name);

}  // namespace
}  // namespace refwave::contract
