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

// The thread that calls PortAudio, with calls that hang.

PortAudioThread::Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

class PortAudioThreadTest : public testing::Test {
 protected:
  /// Effects: the thread hangs until `release` is set. Returns when it does.
  void hang() {
    std::promise<void> begun;
    thread->post([&begun, released = release.get_future().share()] {
      begun.set_value();
      released.wait();
    });
    begun.get_future().wait();
  }

  struct Watch {
    std::atomic<int> count{0};
    std::atomic<bool> wanted{false};
  };
  const std::shared_ptr<Watch> watch = std::make_shared<Watch>();  // a thread left behind still watches
  const std::uint64_t left_behind = abandoned_threads();
  Status started;
  std::promise<void> release;
  std::unique_ptr<PortAudioThread> thread = std::make_unique<PortAudioThread>(
      [held = watch] {
        ++held->count;
        return held->wanted.load();
      },
      started);
};

TEST_F(PortAudioThreadTest, Watches_only_while_there_is_something_to_watch) {
  watch->wanted = true;
  // A machine that stands still for two seconds makes the thread miss the call.
  EXPECT_TRUE(eventually([&] { return thread->run([] {}, in(2s)); }));
  EXPECT_TRUE(eventually([&] { return watch->count > 3; }));
  watch->wanted = false;
  thread->run([] {}, in(2s));
  const int before = watch->count;
  thread->run([] {}, in(2s));
  EXPECT_LE(watch->count, before + 2);
}

TEST_F(PortAudioThreadTest, A_call_that_hangs_makes_it_gone_until_the_call_returns) {
  hang();
  std::atomic<bool> ran{false};

  EXPECT_FALSE(thread->run([&] { ran = true; }, in(10ms)));
  EXPECT_TRUE(thread->gone());
  EXPECT_FALSE(thread->run([&] { ran = true; }, in(1h)));

  release.set_value();
  EXPECT_TRUE(eventually([&] { return !thread->gone(); }));
  EXPECT_TRUE(thread->run([] {}, in(2s)));
  EXPECT_FALSE(ran) << "an abandoned task has run";
}

TEST_F(PortAudioThreadTest, Ending_does_the_tasks_that_are_there) {
  std::atomic<int> ran{0};
  for (int i = 0; i < 3; ++i) thread->post([&] { ++ran; });
  thread.reset();
  EXPECT_EQ(ran, 3);
  EXPECT_EQ(abandoned_threads(), left_behind);
}

TEST_F(PortAudioThreadTest, Ending_leaves_a_call_that_hangs_and_counts_the_thread) {
  hang();
  std::promise<void> ended;
  thread->post([&] { ended.set_value(); });

  thread.reset();

  EXPECT_EQ(abandoned_threads(), left_behind + 1);
  release.set_value();
  ended.get_future().wait();
}

/// PortAudio's state belongs to the process: no two threads may be in it, even from different lives of the
/// driver.
TEST_F(PortAudioThreadTest, One_that_was_left_in_a_call_keeps_the_next_one_out_until_the_call_returns) {
  hang();
  thread.reset();
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
