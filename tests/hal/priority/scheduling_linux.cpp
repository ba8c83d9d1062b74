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

TEST(Scheduling, Keeps_a_thread_off_one_processor_and_makes_it_prompt_until_it_is_let_go) {
  std::thread([] {  // its own, because it changes
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
    if (!scheduling.become_prompt()) GTEST_SKIP() << "not permitted";
    EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_FIFO);
    std::thread([] { EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER) << "what it starts is ordinary"; }).join();
    scheduling.become_ordinary();
    EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
  })
      .join();
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
