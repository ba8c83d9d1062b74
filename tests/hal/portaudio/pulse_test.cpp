// PortAudio and ALSA on a private PulseAudio: the sound that arrives there. Recording:
// tests/contract/servers; the server's end: tests/contract/endurance_test.cpp.
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <sstream>
#include <string_view>
#include <tuple>

#include "dsp/speakers.h"
#include "hal/system/realtime.h"
#include "tests/hal/portaudio/on_server.h"
#include "tests/support/eventually.h"
#include "tests/support/private_pulse.h"
#include "tests/support/processor_waits.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr std::size_t kS32Stereo = 8;

using PortAudioPulse = OnServer<PrivatePulse>;

/// Returns: a client that plays the samples, none of which is 0, and once takes longer than the latency.
std::shared_ptr<Client> stumbling(const std::vector<std::int32_t>& samples,
                                  std::atomic<std::size_t>& played) {
  return std::make_shared<Client>([&samples, &played](const Period& period) {
    const std::size_t at = played;
    const std::size_t count = std::min<std::size_t>(std::size_t{2} * period.frames, samples.size() - at);
    if (at < samples.size() / 2 && at + count >= samples.size() / 2) nap(300ms);
    std::memset(period.data, 0, period.frames * kS32Stereo);
    std::memcpy(period.data, samples.data() + at, 4 * count);
    played = at + count;
  });
}

/// The second server holds more than was asked for.
TEST_F(PortAudioPulse, An_underrun_loses_no_frame) {
  std::vector<std::int32_t> samples(96'000);  // in 24 bits
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<std::int32_t>((i * 40'503 % 8'388'593 + 1) << 8);
  for (const char* latency_ms : {"", "1000"}) {
    SCOPED_TRACE(latency_ms);
    *latency_ms == '\0' ? unsetenv("PULSE_LATENCY_MSEC") : setenv("PULSE_LATENCY_MSEC", latency_ms, 1);
    std::atomic<std::size_t> played{0};
    const auto device = start(stumbling(samples, played));
    EXPECT_TRUE(eventually([&] { return played == samples.size(); }));
    EXPECT_TRUE(test::succeeded(device->stop()));
    constexpr std::size_t kRoomForGaps = 120'000;
    std::vector<std::int32_t> arrived = server.wait_for_recording(samples.size() / 2 + kRoomForGaps);
    std::erase(arrived, 0);
    EXPECT_EQ(arrived.size(), samples.size());
    EXPECT_TRUE(arrived == samples);
    server.forget_recording();
  }
  unsetenv("PULSE_LATENCY_MSEC");
}

struct Sink {
  std::string speakers;  // PulseAudio's names
  std::uint16_t channels;
  bool is_heard = false;  // what arrives is compared
};

/// Returns: the level of each of these speakers.
float level_of(const std::string& speaker) {
  // In the order of the bits of a channel mask.
  constexpr std::array<std::string_view, 11> kNames = {
      "front-left", "front-right", "front-center", "lfe",       "rear-left", "rear-right", "",
      "",           "rear-center", "side-left",    "side-right"};
  return 0.05F * static_cast<float>(1 + (std::ranges::find(kNames, speaker) - kNames.begin()));
}

/// ALSA has no channel order for three and seven, and an AUX is no loudspeaker.
TEST_F(PortAudioPulse, A_stream_has_its_sinks_loudspeakers_and_each_channel_reaches_its_own) {
  const std::string surround = "front-left,front-right,front-center,lfe,rear-left,rear-right";
  for (const Sink& sink : {Sink{"front-left,front-right,rear-left,rear-right", 4},
                           {"front-left,front-right,front-center,rear-left,rear-right", 5, true},
                           {surround, 6, true},
                           {"front-left,front-right,front-center,lfe,side-left,side-right", 6},
                           {surround + ",side-left,side-right", 8, true},
                           {"front-left,front-right,lfe", 2},
                           {surround + ",rear-center", 2},
                           {"aux0,aux1,aux2,aux3,aux4,aux5", 2}}) {
    SCOPED_TRACE(sink.speakers);
    test::PrivatePulse wide;
    backend.reset();
    wide.export_environment();
    backend = make_portaudio_backend();
    wide.change_default_to(sink.speakers);
    std::vector<std::int32_t> levels(sink.channels);
    const auto client = std::make_shared<Client>([&](const Period& period) {
      for (std::size_t i = 0; i < period.frames * levels.size(); ++i)
        std::memcpy(period.data + 4 * i, &levels[i % levels.size()], 4);
    });
    const auto device = open(client, {.rate = 48'000, .latency_ms = 400});
    ASSERT_NE(device, nullptr);
    ASSERT_EQ(device->info().format.channels, sink.channels);
    if (!sink.is_heard) continue;
    const auto speakers = dsp::speakers_of(device->info().format);
    for (std::size_t i = 0; i < levels.size(); ++i)
      levels[i] = static_cast<std::int32_t>(0.05F * 2147483648.0F *
                                            static_cast<float>(1 + static_cast<int>(speakers[i])));
    EXPECT_TRUE(test::succeeded(device->start()));
    const std::vector<float> heard = wide.arrives_at(sink.speakers);
    std::istringstream names(sink.speakers);
    std::string name;
    for (std::size_t i = 0; std::getline(names, name, ','); ++i)
      EXPECT_NEAR(heard[i], level_of(name), 0.001F) << name;
  }
}

class Idle : public Client {
 public:
  Idle() : Client([this](const Period& period) { render(period); }) {}
  bool is_idle() const noexcept override { return idle; }

  std::atomic<bool> idle{true};
  std::atomic<std::uint32_t> latency{0};  // of the newest period
  std::atomic<std::uint32_t> longest{0};  // of all

 private:
  void render(const Period& period) {
    std::memset(period.data, idle ? 0 : 0x3e, period.frames * kS32Stereo);
    latency = period.latency_frames;
    longest = std::max(longest.load(), period.latency_frames);
  }
};

/// Returns: the longest queue in thirty periods. A loud machine lets the queue run low now and then.
std::uint32_t longest_of_30(Idle& client) {
  client.longest = 0;
  EXPECT_TRUE(eventually([&, before = client.periods.load()] { return client.periods > before + 30; }));
  return client.longest;
}

TEST_F(PortAudioPulse, The_queue_is_short_while_nothing_plays_or_nobody_is_late_but_not_at_a_short_latency) {
  constexpr std::uint32_t kShorter = 480;  // less than by what it becomes shorter
  for (const std::uint32_t latency_ms : {0U, 20U, 200U}) {
    test::ProcessorWaits waits;
    const auto client = std::make_shared<Idle>();
    client->idle = false;
    const auto device =
        open(client, {.rate = 48'000, .channels = 2, .period_frames = 480, .latency_ms = latency_ms});
    ASSERT_TRUE(test::succeeded(device->start()));
    const std::uint32_t full = longest_of_30(*client);
    if (latency_ms == 200) {
      EXPECT_EQ(device->info().device_period_frames, 480U);
      EXPECT_GE(device->info().latency_frames, 9'600U);
      EXPECT_GT(longest_of_30(*client), 8'000U) << "the beginning";
      EXPECT_TRUE(eventually([&] { return longest_of_30(*client) < 5'000; }) || waits.skips_over(15ms));
      continue;
    }
    client->idle = true;
    if (latency_ms == 0) {
      EXPECT_TRUE(eventually([&] { return longest_of_30(*client) + kShorter < full; }));
      client->idle = false;
      EXPECT_TRUE(eventually([&] { return client->latency + kShorter / 2 > full; }));
    } else {
      longest_of_30(*client);
      EXPECT_GE(longest_of_30(*client) + kShorter, full);
    }
  }
}

TEST_F(PortAudioPulse, The_audio_thread_has_the_configured_priority) {
  auto own = std::async(std::launch::async, [] { return take_fifo(0); });
  if (own.get() < 20) GTEST_SKIP() << "not permitted";
  for (const auto& [wish, policy, words] :
       {std::tuple{AudioPriority::realtime, SCHED_FIFO, "SCHED_FIFO, priority 20"},
        {AudioPriority::ordinary, SCHED_OTHER, "ordinary priority, as configured"}}) {
    std::atomic<int> seen{-1};
    const auto client = std::make_shared<Client>([&seen](const Period& period) {
      std::memset(period.data, 0, period.frames * kS32Stereo);
      seen = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
    });
    const auto device = start(client, {.rate = 48'000, .priority = wish});
    ASSERT_NE(device, nullptr);
    EXPECT_TRUE(eventually([&] { return client->periods > 6; }));
    EXPECT_EQ(seen, policy);
    EXPECT_EQ(device->priority(), words);
  }
}

}  // namespace
}  // namespace refwave::hal
