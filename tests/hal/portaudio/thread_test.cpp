// The thread that calls PortAudio, with calls that hang.
#include <gtest/gtest.h>

#include <future>

#include "hal/portaudio/thread.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::eventually;

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
