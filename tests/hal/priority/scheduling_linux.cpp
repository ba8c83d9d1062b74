#include "hal/system/realtime.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <latch>
#include <thread>

#include "hal/system/threads.h"

namespace refwave::hal {
namespace {

cpu_set_t affinity() {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  return set;
}

/// Each test changes a thread of its own.
template <typename Body>
void on_a_thread(Body body) {
  std::thread(body).join();
}

TEST(Scheduling, Keeps_a_thread_off_one_processor_and_lets_it_go_again) {
  on_a_thread([] {
    const cpu_set_t before = affinity();
    if (CPU_COUNT(&before) < 2) GTEST_SKIP() << "one processor";
    Scheduling scheduling;
    for (const int round : {0, 1}) {
      const int processor = sched_getcpu();
      ASSERT_TRUE(scheduling.keep_off(static_cast<std::uint32_t>(processor))) << round;
      EXPECT_NE(sched_getcpu(), processor);
      const cpu_set_t now = affinity();
      EXPECT_FALSE(CPU_ISSET(static_cast<std::size_t>(processor), &now));
      EXPECT_EQ(CPU_COUNT(&now), CPU_COUNT(&before) - 1);
    }
    scheduling.go_anywhere();
    const cpu_set_t after = affinity();
    EXPECT_TRUE(CPU_EQUAL(&after, &before));
  });
}

TEST(Scheduling, What_a_prompt_thread_starts_is_ordinary) {
  on_a_thread([] {
    Scheduling scheduling;
    if (!scheduling.become_prompt()) GTEST_SKIP() << "not permitted";
    EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_FIFO);
    std::thread([] { EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER); }).join();
    scheduling.become_ordinary();
    EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
  });
}

TEST(ForeignThread, Of_a_library_keeps_its_priority_and_what_it_starts_is_ordinary) {
  std::latch known{1};
  std::latch asked{1};
  std::uintptr_t id = 0;
  bool permitted = false;
  int own = -1;
  int childs = -1;
  std::thread audio([&] {
    const sched_param parameters{.sched_priority = 5};
    permitted = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0;
    id = this_thread_id();
    known.count_down();
    asked.wait();
    own = sched_getscheduler(0);
    std::thread([&] { childs = sched_getscheduler(0); }).join();
  });
  known.wait();
  keep_children_ordinary(id);
  asked.count_down();
  audio.join();
  if (!permitted) GTEST_SKIP() << "not permitted";
  EXPECT_EQ(own & ~SCHED_RESET_ON_FORK, SCHED_FIFO);
  EXPECT_EQ(childs, SCHED_OTHER);
}

}  // namespace
}  // namespace refwave::hal
