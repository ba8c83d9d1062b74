// Clients that end the thread on which they are called.
#include <gtest/gtest.h>
#include <pthread.h>

#include "driver/notify/notifiers.h"
#include "hal/system/clock.h"
#include "tests/notify/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::notify {
namespace {

TEST(NotifierEnd, A_thread_that_its_client_ends_is_replaced_and_nothing_is_lost) {
  const auto table = std::make_shared<core::StreamTable>();
  Clients clients(table);
  std::atomic<int> ends{0};
  clients.inside = [&] {
    if (clients.begun % 2 == 0) return;
    ++ends;
    pthread_exit(nullptr);
  };
  const std::uint64_t abandoned = hal::abandoned_threads();
  {
    Notifiers notifiers(table);
    ASSERT_TRUE(test::succeeded(notifiers.ensure(1)));
    for (int i = 0; i < 10; ++i) clients.raise(3);
    EXPECT_TRUE(test::eventually([&] {
      notifiers.trim(hal::monotonic_now_ns(), [&] { return table->threads_needed(); });
      return clients.begun == 10;
    }));
    EXPECT_EQ(ends, 5);
    EXPECT_TRUE(test::eventually([&] {
      notifiers.trim(hal::monotonic_now_ns(), [&] { return table->threads_needed(); });
      return table->streams[3].counters.messages == 10;
    }));
    EXPECT_EQ(notifiers.count(), 1U);
    EXPECT_FALSE(table->streams[3].delivery.is_busy());
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned);
}

}  // namespace
}  // namespace refwave::notify
