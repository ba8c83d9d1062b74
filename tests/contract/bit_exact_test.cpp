// The whole line with only the device configured. If a stream's rate is the server's rate, played and
// recorded samples pass bit for bit, because the device is opened at the stream's own rate.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/contract/harness.h"
#include "tests/contract/sound/client_format.h"
#include "tests/support/eventually.h"
#include "tests/support/sound_servers.h"

namespace refwave::contract {
namespace {

constexpr std::array<DWORD, 2> kRates = {44'100, 96'000};  // 48 kHz: servers/every_server_test.cpp
constexpr std::size_t kFrames = 8'000;
constexpr WORD kChannels = 2;

constexpr std::array<ClientFormat, 3> kFormats = {
    {{"s16", 16, 16, false}, {"s24", 24, 24, false}, {"f32", 32, 32, true}}};

WAVEFORMATEX wave_format(const ClientFormat& format, DWORD rate) {
  WAVEFORMATEX wave = pcm(kChannels, format.bits, rate);
  if (format.is_float) wave.wFormatTag = WAVE_FORMAT_IEEE_FLOAT;
  return wave;
}

/// Returns: noise of that many bits, at the upper end of 32, whose first and last samples are not silent.
std::vector<std::int32_t> noise(WORD bits) {
  std::mt19937 random(7);
  std::vector<std::int32_t> samples(kFrames * kChannels);
  const auto mask = static_cast<std::int32_t>(~0U << (32U - std::min<unsigned>(bits, 24)));
  for (std::int32_t& sample : samples) sample = static_cast<std::int32_t>(random()) & mask;
  samples.front() = 0x1234'0000;
  samples.back() = 0x4321'0000;
  return samples;
}

/// Returns: the samples, which are at the upper end of 32 bits, as a client of that format has them.
std::vector<char> bytes_of(const std::vector<std::int32_t>& samples, const ClientFormat& format) {
  std::vector<char> bytes;
  for (const std::int32_t sample : samples) append(bytes, std::ldexp(sample, -31), format);
  return bytes;
}

/// A JACK server that goes on without a late client leaves out that client's period.
struct PatientJack : test::PrivateJack {
  explicit PatientJack(std::uint32_t rate) : PrivateJack(rate, Cycle::waits_for_clients) {}
};

/// 400 ms, so that a busy machine makes no gap.
const std::string kSettings = "latency_ms=400; device=default; input=";

template <class Server>
test::Arrival play(Server& server, DWORD rate, const ClientFormat& format) {
  const std::vector<std::int32_t> samples = noise(format.bits);
  LoadedDriver driver(kSettings + Server::kInput);
  Diary diary;
  const auto player = open_on_server(driver, Direction::output, diary, wave_format(format, rate));
  if constexpr (std::is_same_v<Server, PatientJack>) server.wait_for_ear();
  server.forget_recording();
  Blocks blocks;
  const std::vector<char> bytes = bytes_of(samples, format);
  fill(blocks.emplace_back(bytes.size()), bytes);
  player->queue(blocks);
  EXPECT_TRUE(eventually([&] { return diary.done().size() == blocks.size(); }));
  EXPECT_EQ(player->close(), MMSYSERR_NOERROR);
  return test::compare(samples, server.wait_for_recording(kFrames));
}

template <class Server>
test::Arrival record(Server& server, DWORD rate, const ClientFormat& format) {
  const std::vector<std::int32_t> samples = noise(std::min<WORD>(format.bits, 24));
  LoadedDriver driver(kSettings + Server::kInput);
  Diary diary;
  const auto recorder = open_on_server(driver, Direction::input, diary, wave_format(format, rate));
  Blocks blocks;
  const std::size_t bytes = rate / 10 * kChannels * format.bits / 8;
  for (int i = 0; i < 60; ++i) blocks.emplace_back(bytes);
  recorder->queue(blocks);
  recorder->start();
  EXPECT_TRUE(eventually([&] { return diary.done().size() > 2; }));
  server.play(samples);
  std::vector<std::int32_t> received;
  test::eventually([&] {
    received.clear();
    for (std::size_t i = 0, done = diary.done().size(); i < done; ++i)
      for (const double x : samples_of(blocks[i].header.lpData, bytes * 8 / format.bits, format))
        received.push_back(static_cast<std::int32_t>(std::ldexp(x, 31)));
    received.erase(received.begin(),
                   std::find_if(received.begin(), received.end(), [](auto sample) { return sample != 0; }));
    return received.size() >= samples.size();
  });
  recorder->reset();
  EXPECT_EQ(recorder->close(), MMSYSERR_NOERROR);
  return test::compare(samples, received);
}

template <class Server>
class BitExact : public testing::Test {};

using Servers = testing::Types<test::PrivatePulse, test::PrivatePipewire, PatientJack>;
TYPED_TEST_SUITE(BitExact, Servers, test::ServerNames);

TYPED_TEST(BitExact, At_the_servers_own_rate_with_nothing_configured) {
  for (const DWORD rate : kRates) {
    TypeParam server(rate);
    server.export_environment();
    for (const ClientFormat& format : kFormats) {
      const std::string line = std::to_string(rate) + " " + format.name;
      expect_exact(line + " played", kFrames, [&] { return play(server, rate, format); });
      expect_exact(line + " recorded", kFrames, [&] { return record(server, rate, format); });
    }
  }
}

}  // namespace
}  // namespace refwave::contract
