// Lives of the driver that find no sound device, or a server. The sound libraries take resources of the
// process only once, above all pthread keys, of which a process has 1,024.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/contract/census.h"
#include "tests/contract/harness.h"
#include "tests/support/own_alsa.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/processor_waits.h"
#include "tests/support/temporary_folder.h"

namespace refwave::contract {
namespace {

constexpr int kWarmUps = 5;
constexpr std::chrono::milliseconds kOpenAtEase{200};  // for an open
constexpr std::size_t kLeakBytesPerLife = 200;
constexpr std::size_t kAbandonedBytes = 800'000;
constexpr std::chrono::milliseconds kDriversPatience{2'000};  // with a server

/// Returns: the number of lives: REFWAVE_LIVES of the environment, or `usual`.
int lives(int usual) {
  const char* wanted = std::getenv("REFWAVE_LIVES");
  return wanted == nullptr ? usual : std::max(usual, std::atoi(wanted));
}

/// Expects: in one of three rounds the lives leave no memory behind, and in none anything else. What a
/// library allocates once, at whatever time, is no leak; a leak shows in each round. `life` returns whether
/// it was whole: on a loud machine a server, or PortAudio, may answer too late. A thread that does not end in
/// time is abandoned, as the log says, and the driver's table stays.
template <class Life>
void expect_nothing_left(int count, Life life) {
  const test::TemporaryFolder folder;
  const std::string log = (folder / "log").string();
  setenv("REFWAVE_LOG", log.c_str(), 1);
  for (int i = 0; i < kWarmUps; ++i) life();
  test::ProcessorWaits waits;
  bool is_clean = false;
  for (int round = 0; !is_clean && round < 3; ++round) {
    const Census before;
    std::size_t broken = 0;
    for (int i = 0; i < count; ++i) {
      std::filesystem::remove(log);
      broken += life() && test::contents_of(log).find("did not end") == std::string::npos ? 0U : 1U;
    }
    const Census after = census_after(before);
    std::cout << "before " << count << " lives: " << before << "\nafter: " << after << '\n';
    EXPECT_EQ(after.threads, before.threads);
    EXPECT_EQ(after.files, before.files);
    EXPECT_EQ(after.keys_left, before.keys_left);
    EXPECT_TRUE(broken * 10 <= static_cast<std::size_t>(count) || waits.skips_over(kDriversPatience))
        << broken;
    const std::size_t most =
        before.memory_bytes + static_cast<std::size_t>(count) * kLeakBytesPerLife + broken * kAbandonedBytes;
    is_clean = after.memory_bytes < most || !CONTRACT_MEASURES_MEMORY;
    if (broken != 0) std::cout << "lives that were not whole: " << broken << '\n';
  }
  unsetenv("REFWAVE_LOG");
  EXPECT_TRUE(is_clean || waits.skips_over(kDriversPatience));
}

TEST(SoundLifetime, Lives_that_find_no_device_leave_nothing_behind) {
  const test::OwnAlsa alsa("pcm.!default { type hw card 99 }\n");
  const std::size_t keys_before = test::free_keys();
  expect_nothing_left(lives(100), [] {
    LoadedDriver driver("device=default");
    Client player(driver, Direction::output, 1, 480);
    player.queue();
    EXPECT_TRUE(eventually([&] { return player.diary.done().size() == 1; }));
    EXPECT_EQ(player.stream.close(), MMSYSERR_NOERROR);
    return driver.warnings().find("does not respond") == std::string::npos;
  });
  EXPECT_GE(test::free_keys() + 3, keys_before) << "libjack takes three, once";
}

template <class Server>
void expect_nothing_left_after_playing() {
  const Server server;
  server.export_environment();
  expect_nothing_left(lives(20), [] {
    test::ProcessorWaits waits;
    LoadedDriver driver("output=default");
    Diary diary;
    EXPECT_EQ(Stream(driver, Direction::output, diary).close(), MMSYSERR_NOERROR);
    const std::string warnings = driver.warnings();
    EXPECT_TRUE(warnings.empty() || waits.skips_over(kOpenAtEase)) << warnings;
    return warnings.empty();
  });
}

TEST(SoundLifetime, Lives_that_play_through_PulseAudio_leave_nothing_behind) {
  expect_nothing_left_after_playing<test::PrivatePulse>();
}

TEST(SoundLifetime, Lives_that_play_through_PipeWire_leave_nothing_behind) {
  expect_nothing_left_after_playing<test::PrivatePipewire>();
}

TEST(SoundLifetime, Lives_that_play_through_JACK_leave_nothing_behind) {
  expect_nothing_left_after_playing<test::PrivateJack>();
}

}  // namespace
}  // namespace refwave::contract
