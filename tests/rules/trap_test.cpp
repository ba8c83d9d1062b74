// The trap itself: what is put into an audio scope is caught, and what is outside is not.
#include <gmock/gmock.h>
#include <semaphore.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/rules/trap.h"

namespace refwave::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

int* volatile made = nullptr;  // volatile: so that new and delete are not left out as having no effect

TEST(Trap, Catches_allocations_locks_sleeps_and_signals) {
  forget();
  std::mutex mutex;
  std::condition_variable condition;
  {
    const AudioScope scope;
    made = new int(1);
    delete made;
    { const std::lock_guard lock(mutex); }  // it is free
    std::this_thread::sleep_for(std::chrono::nanoseconds(1));
    condition.notify_one();
  }
  for (const char* name : {"malloc", "free", "pthread_mutex_lock", "nanosleep", "pthread_cond_signal"})
    EXPECT_THAT(caught().forbidden, Contains(testing::HasSubstr(name)));
}

TEST(Trap, Counts_wakes_by_scope) {
  forget();
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  for (int wakes : {1, 2, 0}) {
    const AudioScope scope;
    for (int i = 0; i < wakes; ++i) sem_post(&semaphore);
  }
  sem_destroy(&semaphore);
  EXPECT_EQ(caught().scopes, 3U);
  EXPECT_EQ(caught().wakes, 3U);
  EXPECT_EQ(caught().most_wakes_in_a_scope, 2U);
}

TEST(Trap, Leaves_other_threads_and_times_alone) {
  forget();
  std::atomic<bool> scope_open{false};
  std::atomic<bool> other_done{false};
  std::thread other([&] {
    while (!scope_open) {
    }
    made = new int(1);
    delete made;
    other_done = true;
  });
  {
    const AudioScope scope;
    scope_open = true;
    while (!other_done) {
    }
  }
  other.join();
  EXPECT_THAT(caught().forbidden, IsEmpty());
}

}  // namespace
}  // namespace refwave::test
