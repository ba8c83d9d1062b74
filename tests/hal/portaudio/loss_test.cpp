// The death and the return of each sound server, for the PortAudio streams that play through it. The loss is
// told, no call waits, no thread spins, nothing is printed, and the next stream plays.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "hal/portaudio/quiet.h"
#include "hal/system/owned_thread.h"
#include "tests/hal/portaudio/on_server.h"
#include "tests/support/entries.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"
#include "tests/support/sound_servers.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using namespace test;

/// Returns: how often each loss is tried; more often where REFWAVE_ROUNDS says so.
int rounds() {
  const char* wanted = std::getenv("REFWAVE_ROUNDS");
  return wanted == nullptr ? 1 : std::max(1, std::atoi(wanted));
}

std::chrono::microseconds processor_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

template <class Server>
class PortAudioLoss : public OnServer<Server> {
 protected:
  using OnServer<Server>::backend;
  using OnServer<Server>::server;

  PortAudioLoss() { testing::internal::CaptureStderr(); }
  ~PortAudioLoss() override { EXPECT_EQ(testing::internal::GetCapturedStderr(), ""); }

  /// Returns: a device that plays; null if it does not in time.
  std::unique_ptr<Device> play(const std::shared_ptr<Client>& client) {
    std::unique_ptr<Device> device;
    const bool plays = eventually([&] {
      device = backend->open({.rate = 48'000}, client).device;
      const std::uint32_t before = client->periods;
      return device && device->start().ok() &&
             eventually([&] { return client->periods > before + 3 || client->losses > 0; }, 1s) &&
             client->losses == 0;
    });
    return plays ? std::move(device) : nullptr;
  }
  /// Effects: starts the killed server. Some hundred rounds would fill libjack's database. Precondition: no
  /// device is open.
  void restart_server(int round) {
    if constexpr (std::is_same_v<Server, test::PrivateJack>)
      if (round % 20 == 19) server.end_in_peace();
    server.start_server();
  }
  /// Effects: a stream is lost with its server, and another one plays within two seconds of the server's
  /// return.
  void lose_and_return(std::unique_ptr<Device>& device, std::shared_ptr<Client>& client, int round) {
    const std::uint32_t until = client->periods + 1 + static_cast<std::uint32_t>(7 * round) % 20;
    ASSERT_TRUE(eventually([&] { return client->periods >= until; }));
    server.kill_server();
    EXPECT_LT(own_time_until([&] { return client->losses > 0; }), 2s) << "round " << round;
    const auto used = processor_time();
    std::this_thread::sleep_for(200ms);
    EXPECT_LT(processor_time() - used, 100ms) << "something spins";
    EXPECT_LT(own_time_until([&] { return device.reset(), true; }), 1s);
    EXPECT_EQ(client->losses, 1U);
    EXPECT_NE(backend->open({.rate = 48'000}, client).error, "");

    restart_server(round);
    client = sounding();
    EXPECT_LT(own_time_until(
                  [&] { return (device || (device = play(client)) != nullptr) && server.hears_sound(); }),
              2s)
        << "round " << round;
    ASSERT_NE(device, nullptr);
  }
};

TYPED_TEST_SUITE(PortAudioLoss, test::ThreeServers, test::ServerNames);

TYPED_TEST(PortAudioLoss, A_killed_server_is_told_quietly_and_plays_again_within_two_seconds) {
  auto client = sounding();
  auto device = this->play(client);
  ASSERT_NE(device, nullptr);
  this->lose_and_return(device, client, 0);  // what libraries take, they have taken after one
  if (this->HasFatalFailure()) return;
  const auto threads = entries_in("/proc/self/task");
  const auto files = entries_in("/proc/self/fd");
  const auto left_behind = abandoned_threads();
  for (int round = 1; round <= rounds() && !this->HasFatalFailure(); ++round) {
    this->lose_and_return(device, client, round);
  }
  EXPECT_TRUE(eventually([&] { return entries_in("/proc/self/task") <= threads; }))
      << entries_in("/proc/self/task") << " threads, and there were " << threads;
  EXPECT_LE(entries_in("/proc/self/fd"), files);
  EXPECT_EQ(abandoned_threads(), left_behind);
  std::cout << rounds() << " losses: " << threads << " threads, " << files << " files, "
            << take_portaudio_messages() << " messages of PortAudio, none printed\n";
}

/// What waits for a server that stands still goes on when that is killed: PortAudio is not gone for good.
TYPED_TEST(PortAudioLoss, A_server_that_stands_still_and_is_then_killed_plays_again) {
  for (int round = 1; round <= rounds(); ++round) {
    auto client = sounding();
    auto device = this->play(client);
    ASSERT_NE(device, nullptr) << "round " << round << ": " << this->backend->problem();
    this->server.freeze_server();
    device.reset();
    this->server.kill_server();
    this->restart_server(round);
    auto again = sounding();
    EXPECT_NE(this->play(again), nullptr) << "round " << round;
  }
}

}  // namespace
}  // namespace refwave::hal
