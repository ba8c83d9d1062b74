// The sound servers as people have them, and what each must bear: one stream and eight play to their end, bit
// for bit (JACK then waits for its clients); it is recorded; it is killed, stopped, loses its sink and comes
// back; and `refwave play` goes on after a short and a long absence.
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <thread>

#include "tests/contract/harness.h"
#include "tests/contract/servers/loop.h"
#include "tests/support/alsa_jack.h"
#include "tests/support/eventually.h"
#include "tests/support/own_alsa.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/processor_waits.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using test::ChildProcess;
using test::PrivatePipewire;
using test::PrivatePulse;
using Samples = std::vector<std::int32_t>;

/// A server that runs, of any kind.
class Server {
 public:
  virtual ~Server() = default;
  /// Effects: a recording of what is played begins. Precondition: refwave plays, or is about to.
  virtual void listen() = 0;
  virtual bool hears_sound() const = 0;
  virtual Samples wait_for_recording(std::size_t frames) const = 0;
  /// Effects: another client plays the samples for refwave to record.
  virtual void play(const Samples& samples) = 0;
  virtual void kill() = 0;
  virtual void start() = 0;
  virtual void freeze() = 0;
  virtual void thaw() = 0;
  virtual bool has_sinks() const = 0;
  virtual void unload_sink() = 0;
  virtual void load_sink() = 0;
};

template <class Kind>
class ServerOf : public Server {
  static constexpr bool kHasSinks = requires(Kind & kind) { kind.unload_sink(); };
  static constexpr bool kHasEar = requires(Kind & kind) { kind.wait_for_ear(); };

 public:
  template <class... Arguments>
  explicit ServerOf(Arguments... arguments) : kind_(arguments...) {
    kind_.export_environment();
  }
  void listen() override {
    if constexpr (kHasSinks) kind_.listen_to(kind_.first_sink());
    if constexpr (kHasEar) kind_.wait_for_ear();
    kind_.forget_recording();
  }
  bool hears_sound() const override { return kind_.hears_sound(); }
  Samples wait_for_recording(std::size_t frames) const override { return kind_.wait_for_recording(frames); }
  void play(const Samples& samples) override { kind_.play(samples); }
  void kill() override { kind_.kill_server(); }
  void start() override { kind_.start_server(); }
  void freeze() override { kind_.freeze_server(); }
  void thaw() override { kind_.thaw_server(); }
  bool has_sinks() const override { return kHasSinks; }
  void unload_sink() override {
    if constexpr (kHasSinks) kind_.unload_sink();
  }
  void load_sink() override {
    if constexpr (kHasSinks) kind_.load_sink();
  }

 private:
  Kind kind_;
};

/// One server.
struct Row {
  const char* name;
  DWORD rate;
  const char* output;
  const char* input;
  std::function<std::unique_ptr<Server>()> start;  // this process then finds it

  std::string settings() const { return std::string("channels=2; device=") + output + "; input=" + input; }
};
void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

template <class Kind, class... Arguments>
Row row(const char* name, DWORD rate, const char* output, Arguments... arguments) {
  return {name, rate, output, Kind::kInput, [=] { return std::make_unique<ServerOf<Kind>>(arguments...); }};
}

/// A client that has queued 1.5 s.
struct Played {
  explicit Played(LoadedDriver& driver) : stream(driver, Direction::output, diary) {
    constexpr std::size_t kBlockBytes = 2'205 * kFrameBytes;
    for (int i = 0; i < 30; ++i) fill(blocks.emplace_back(kBlockBytes), std::vector<char>(kBlockBytes, 0x11));
    stream.queue(blocks);
    bytes = static_cast<DWORD>(blocks.size() * kBlockBytes);
  }
  bool all_done() const { return diary.done().size() == blocks.size(); }

  Diary diary;
  Blocks blocks;
  Stream stream;
  DWORD bytes = 0;
};

/// Expects: so many streams play to their end. Returns: whether the server's device played them all.
bool play_on_the_device(LoadedDriver& driver, std::size_t streams) {
  std::deque<Played> clients;
  while (clients.size() < streams) clients.emplace_back(driver);
  bool is_kept = true;
  for (Played& client : clients) {
    EXPECT_TRUE(test::eventually([&] { return client.all_done(); }, 30s)) << driver.warnings();
    expect_done_once_in_order(client.diary, client.blocks);
    EXPECT_EQ(client.stream.position(TIME_BYTES), client.bytes);
    const REFWAVE_STATISTICS now = statistics_of(client.stream);
    is_kept = is_kept && now.ullDeviceLosses == 0 && std::string(now.szDevice) != "clocked";
    EXPECT_EQ(client.stream.close(), MMSYSERR_NOERROR);
  }
  return is_kept;
}

/// Expects: one stream and then eight play to their end, and no device is lost. The driver takes a server
/// that a loud machine keeps from it for 200 ms for one that is gone.
void play_to_the_end(const std::string& settings) {
  LoadedDriver driver(settings);
  for (const std::size_t streams : {1U, 8U}) {
    const test::ProcessorWaits waits;
    EXPECT_TRUE(play_on_the_device(driver, streams) || waits.are_over(200ms))
        << streams << ": " << driver.warnings();
  }
}

constexpr std::size_t kSentFrames = 32'000;
constexpr std::size_t kNoiseFrames = 8'000;  // the last of them

constexpr std::int32_t kLead = 0x1111'0000;

/// Returns: stereo sound of 16 bits, at the upper end of 32: a constant, and noise behind it. A sink that
/// rewinds gives its monitor less of a sound's beginning, and a JACK client is heard some periods after its
/// start.
Samples sound() {
  std::mt19937 random(7);
  Samples samples(2 * kSentFrames, kLead);
  for (auto at = samples.end() - 2 * kNoiseFrames; at != samples.end(); ++at)
    *at = static_cast<std::int32_t>(random() & 0xFFFF'0000U);
  return samples;
}

/// Returns: what came of the noise.
test::Arrival noise_of(const Samples& sent, const Samples& received) {
  return test::compare({sent.end() - 2 * kNoiseFrames, sent.end()}, received, kLead);
}

class EveryServer : public testing::TestWithParam<Row> {
 protected:
  const std::unique_ptr<Server> server = GetParam().start();
};

class EveryServersSound : public EveryServer {
 protected:
  /// Effects: plays noise on one of so many streams, and silence on the others. Returns: what arrived.
  test::Arrival play_noise(std::size_t streams) {
    const Samples samples = sound();
    LoadedDriver driver("latency_ms=400; " + GetParam().settings());
    std::deque<Diary> diaries(streams);
    std::deque<std::unique_ptr<Stream>> players;
    std::deque<Blocks> blocks(streams);
    for (Diary& diary : diaries)
      players.push_back(open_on_server(driver, Direction::output, diary, pcm(2, 16, GetParam().rate)));
    server->listen();
    std::vector<char> bytes;
    for (const std::int32_t sample : samples)
      for (const int shift : {16, 24}) bytes.push_back(static_cast<char>(sample >> shift));
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
    const Samples samples = sound();
    LoadedDriver driver("latency_ms=400; " + GetParam().settings());
    Diary diary;
    Stream recorder(driver, Direction::input, diary, pcm(2, 16, GetParam().rate));
    Blocks blocks;
    const std::size_t block_samples = GetParam().rate / 10 * 2;
    for (int i = 0; i < 60; ++i) blocks.emplace_back(2 * block_samples);
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
      for (std::size_t i = 0; i < done; ++i) {
        const auto* const recorded = reinterpret_cast<const std::int16_t*>(blocks[i].header.lpData);
        std::transform(recorded, recorded + block_samples, std::back_inserter(received),
                       [](std::int16_t sample) { return sample * 0x1'0000; });
      }
      arrival = noise_of(samples, received);
      return arrival.gaps == 0 || done == blocks.size();
    });
    recorder.reset();
    EXPECT_EQ(recorder.close(), MMSYSERR_NOERROR);
    return arrival;
  }
};

TEST_P(EveryServer, Plays_one_stream_and_then_eight_to_their_end_without_a_loss) {
  play_to_the_end(GetParam().settings());
}

TEST_P(EveryServersSound, Arrives_bit_for_bit_played_and_recorded) {
  expect_exact("one stream", kNoiseFrames, [&] { return play_noise(1); });
  expect_exact("eight streams", kNoiseFrames, [&] { return play_noise(8); });
  expect_exact("recorded", kNoiseFrames, [&] { return record_noise(); });
}

enum class Fault { killed, stopped, sink_removed };

class EveryServersFaults : public EveryServer {
 protected:
  template <class Condition>
  bool all(Condition condition) const {
    return std::ranges::all_of(loops, condition);
  }
  /// Returns: whether every stream has soon done so many blocks more.
  bool go_on(std::size_t blocks) const {
    std::vector<std::size_t> before;
    for (const auto& loop : loops) before.push_back(loop->done());
    return test::eventually([&] {
      for (std::size_t i = 0; i < loops.size(); ++i)
        if (loops[i]->done() < before[i] + blocks) return false;
      return true;
    });
  }
  /// Effects: makes the fault and ends it, while the streams go on.
  void suffer(Fault fault) {
    constexpr std::size_t kBlocks = 100;  // a second
    if (fault == Fault::killed) server->kill();
    if (fault == Fault::stopped) server->freeze();
    if (fault == Fault::sink_removed) server->unload_sink();
    EXPECT_TRUE(go_on(kBlocks));
    if (fault == Fault::killed) server->start();
    if (fault == Fault::stopped) server->thaw();
    if (fault == Fault::sink_removed) server->load_sink();
  }

  LoadedDriver driver{GetParam().settings()};
  std::vector<std::unique_ptr<Loop>> loops;
};

TEST_P(EveryServersFaults, End_and_all_is_heard_again) {
  while (loops.size() < 8) loops.push_back(std::make_unique<Loop>(driver, Direction::output));
  const auto is_on_server = [](const auto& loop) { return !loop->is_on_clock(); };
  for (const Fault fault : {Fault::killed, Fault::stopped, Fault::sink_removed}) {
    if (fault == Fault::sink_removed && !server->has_sinks()) continue;
    SCOPED_TRACE(static_cast<int>(fault));
    suffer(fault);
    ASSERT_TRUE(test::eventually([&] { return all(is_on_server); })) << driver.warnings();
    ASSERT_TRUE(go_on(10)) << driver.warnings();
    server->listen();
    EXPECT_TRUE(test::eventually([&] { return server->hears_sound(); })) << driver.warnings();
  }
  for (const auto& loop : loops) EXPECT_EQ(loop->end(), "");
}

/// `refwave play` on the row's device.
class EveryServersCommand : public EveryServer {
 protected:
  EveryServersCommand() { test::write_wav(folder / "a.wav", Samples(2 * 48 * 4'800, 0x1111'0000), 48'000); }

  ChildProcess play(const std::string& log, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {REFWAVE_COMMAND, "play", folder / "a.wav", "--option",
                               "device=" + std::string(GetParam().output)});
    return {more, {{"REFWAVE_CONFIG", folder / "absent.toml"}}, folder / log};
  }
  std::string printed(const std::string& log) const { return test::contents_of(folder / log); }

  const test::TemporaryFolder folder;
};

// The next two take minutes: `./run test --full` has them.
TEST_P(EveryServersCommand, DISABLED_Plays_a_file_to_its_end_again_and_again) {
  constexpr int kAtATime = 4;
  for (int round = 0; round < 5; ++round) {
    std::vector<ChildProcess> plays;
    for (int i = 0; i < kAtATime; ++i) plays.push_back(play(std::to_string(i)));
    for (std::size_t i = 0; i < plays.size(); ++i) {
      EXPECT_EQ(plays[i].end(0), 0);
      const std::string text = printed(std::to_string(i));
      EXPECT_NE(text.find("a.wav: 0:05.000 of"), text.npos) << text;
      EXPECT_EQ(text.find("lost"), text.npos) << text;
    }
  }
}

TEST_P(EveryServersCommand, DISABLED_Goes_on_after_a_short_and_a_long_absence) {
  // Every 50 ms of it is a matter of tests/simulation/absence.cpp.
  for (auto absence = 500ms; absence <= 4s; absence += 1750ms) {
    for (const char* const fallback : {"fallback=clocked", "fallback=none"}) {
      SCOPED_TRACE(std::to_string(absence.count()) + " ms, " + fallback);
      ChildProcess playing = play("log", {"--loop", "2", "--option", fallback});
      server->listen();
      ASSERT_TRUE(test::eventually([&] { return server->hears_sound(); })) << printed("log");
      server->kill();
      std::this_thread::sleep_for(absence);
      server->start();
      const int status = playing.end(0);
      const std::string text = printed("log");
      EXPECT_TRUE(WIFEXITED(status)) << status;
      EXPECT_EQ(text.find("did not come back"), text.npos) << text;
      EXPECT_NE(text.find("played "), text.npos) << text;
    }
  }
}

using Sink = PrivatePulse::Sink;
using Protocol = PrivatePipewire::Protocol;
using Cycle = test::PrivateJack::Cycle;
std::vector<Row> rows(Cycle cycle) {
  return {
      row<PrivatePulse>("PulseAudios_dummy_output", 44'100, "default", 44'100U, Sink::dummy_output),
      row<PrivatePulse>("PulseAudios_null_sink", 44'100, "default", 44'100U, Sink::bare),
      row<PrivatePulse>("PulseAudios_null_sink_at_96000", 96'000, "default", 96'000U, Sink::resting),
      row<PrivatePulse>("PulseAudios_null_sink_by_name", 48'000, "PulseAudio/ref", 48'000U, Sink::resting),
      row<PrivatePipewire>("PipeWires_ALSA_plugin", 48'000, "default"),
      row<PrivatePipewire>("PipeWire_at_44100_by_name", 44'100, "PipeWire/ref", 44'100U),
      row<PrivatePipewire>("PipeWire_as_PulseAudio", 48'000, "default", 48'000U, Protocol::pulse),
      row<test::PrivateJack>("JACK", 48'000, "default", 48'000U, cycle),
      row<test::AlsaJack>("JACK_by_ALSA", 48'000, "ALSA/default", cycle)};
}
const auto kRows = testing::ValuesIn(rows(Cycle::goes_on));
// A JACK server that goes on leaves out the period of a late client.
const auto kPatientRows = testing::ValuesIn(rows(Cycle::waits_for_clients));
const auto name = [](const testing::TestParamInfo<Row>& row) { return row.param.name; };
INSTANTIATE_TEST_SUITE_P(, EveryServer, kRows, name);
INSTANTIATE_TEST_SUITE_P(, EveryServersSound, kPatientRows, name);
INSTANTIATE_TEST_SUITE_P(, EveryServersFaults, kRows, name);
INSTANTIATE_TEST_SUITE_P(, EveryServersCommand, kRows, name);

/// ALSA's dmix mixes on a card and on nothing else, so this needs the kernel's card without hardware.
TEST(EveryServersLack, Is_made_up_for_by_dmix_on_a_card_of_the_kernels) {
  const char* card = nullptr;
  for (const char* const each : {"Loopback", "Dummy"})
    if (std::filesystem::exists(std::string("/proc/asound/") + each)) card = each;
  if (card == nullptr) GTEST_SKIP() << "no card without hardware: modprobe snd-aloop, or snd-dummy";
  test::OwnAlsa alsa(
      std::string("pcm.!default { type plug slave.pcm { type dmix ipc_key 7007 slave { pcm \"hw:") + card +
      "\" rate 48000 } } }\n");
  play_to_the_end("channels=2; device=ALSA/default");
}

}  // namespace
}  // namespace refwave::contract
