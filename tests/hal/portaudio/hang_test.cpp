// A device whose library hangs under PortAudio's audio thread, as libpulse can after its server is killed.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "hal/system/owned_thread.h"
#include "tests/hal/portaudio/hanging_alsa.h"
#include "tests/support/entries.h"
#include "tests/support/eventually.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;

std::size_t threads() { return test::entries_in("/proc/self/task"); }

class PortAudioHang : public test::OnHangingAlsa {
 protected:
  void make(const char* file) { std::ofstream(server / file) << "now"; }
};

TEST_F(PortAudioHang, A_library_that_hangs_for_good_does_not_keep_the_device_closed) {
  const std::uint64_t abandoned_before = abandoned_threads();
  const auto first = std::make_shared<Client>();
  std::unique_ptr<Device> device = play(first);
  ASSERT_NE(device, nullptr);
  make("hang");
  ASSERT_TRUE(eventually([&] { return !std::filesystem::exists(server / "hang"); }));
  const std::size_t threads_before = threads();

  device.reset();
  const auto second = std::make_shared<Client>();
  device = play(second);
  EXPECT_NE(device, nullptr);
  EXPECT_TRUE(eventually([&] { return abandoned_threads() == abandoned_before + 1; }));

  // Once it can, the thread that hung ends without a callback.
  std::uint32_t periods = first->periods;
  EXPECT_EQ(threads(), threads_before + 1);
  make("wake");
  EXPECT_TRUE(eventually([&] { return threads() == threads_before; }));
  EXPECT_EQ(first->periods, periods);
  EXPECT_EQ(first->losses, 0U);
  periods = second->periods;
  EXPECT_TRUE(eventually([&] { return second->periods > periods + 3; }));
}

/// As with PulseAudio's plugin: an ordinary thread makes the device ready, and the audio thread, which has
/// real-time priority, may be polling on the same processor.
TEST_F(PortAudioHang, A_library_that_is_ready_for_nothing_is_asked_once_a_millisecond) {
  using namespace std::chrono_literals;
  constexpr std::uintmax_t kQuestions = 300;
  const auto client = std::make_shared<Client>();
  const std::unique_ptr<Device> device = play(client);
  ASSERT_NE(device, nullptr);
  const auto begin = std::chrono::steady_clock::now();
  make("spin");
  ASSERT_TRUE(eventually([&] { return std::filesystem::file_size(server / "spin") > kQuestions; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 280ms);
  std::filesystem::remove(server / "spin");
  const std::uint32_t periods = client->periods;
  EXPECT_TRUE(eventually([&] { return client->periods > periods + 3; }));
}

}  // namespace
}  // namespace refwave::hal
