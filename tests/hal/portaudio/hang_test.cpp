// A device whose library hangs under PortAudio's audio thread, as libpulse can after its server is killed.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

#include "hal/portaudio/thread.h"
#include "hal/system/owned_thread.h"
#include "tests/hal/portaudio/hanging_alsa.h"
#include "tests/support/entries.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
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

PortAudioThread::Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// PortAudio's state belongs to the process: no two threads may be in it, even from different lives of the
/// driver.
TEST(PortAudioThread, One_that_was_left_in_a_call_keeps_the_next_one_out_until_the_call_returns) {
  Status started;
  std::promise<void> begun;
  std::promise<void> release;
  auto hanging = std::make_unique<PortAudioThread>([] { return false; }, started);
  hanging->post([&begun, released = release.get_future().share()] {
    begun.set_value();
    released.wait();
  });
  begun.get_future().wait();
  hanging.reset();
  PortAudioThread next([] { return false; }, started);
  ASSERT_TRUE(test::succeeded(started));
  std::atomic<bool> ran{false};

  EXPECT_FALSE(next.run([&] { ran = true; }, in(100ms)));
  EXPECT_FALSE(ran);
  EXPECT_TRUE(next.gone());

  release.set_value();
  EXPECT_TRUE(eventually([&] { return !next.gone(); }));
  EXPECT_TRUE(next.run([&] { ran = true; }, in(2s)));
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace refwave::hal
