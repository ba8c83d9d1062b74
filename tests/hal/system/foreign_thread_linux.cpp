// The stack size and the inherited priority of an audio thread that a sound library made.
#include "hal/system/threads.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>

#include <latch>
#include <thread>

namespace refwave::hal {
namespace {

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
