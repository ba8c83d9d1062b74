#include "driver/notify/notifiers.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/notify/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::notify {
namespace {

using test::eventually;

class NotifiersTest : public testing::Test {
 protected:
  void raise(std::size_t slot) { clients_.raise(slot); }

  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  Clients clients_{table_};
};

TEST_F(NotifiersTest, Ensure_makes_as_many_as_asked_for_and_never_fewer) {
  Notifiers notifiers(table_);
  EXPECT_EQ(notifiers.count(), 0U);
  EXPECT_TRUE(test::succeeded(notifiers.ensure(3)));
  EXPECT_EQ(notifiers.count(), 3U);
  EXPECT_TRUE(test::succeeded(notifiers.ensure(2)));
  EXPECT_EQ(notifiers.count(), 3U);
}

TEST_F(NotifiersTest, Threads_may_ask_for_more_at_the_same_time) {
  Notifiers notifiers(table_);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 8; ++i) threads.emplace_back([&, i] { notifiers.ensure(i + 1); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(notifiers.count(), 8U);
}

TEST_F(NotifiersTest, A_client_that_blocks_starves_only_itself) {
  clients_.blocked = 5;
  clients_.hold = true;
  Notifiers notifiers(table_);
  notifiers.ensure(2);
  raise(5);
  ASSERT_TRUE(eventually([&] { return clients_.begun == 1; }));
  for (std::uint64_t i = 1; i <= 100; ++i) {
    raise(3);
    raise(5);
    ASSERT_TRUE(eventually([&] { return clients_.delivered[3] == i; })) << i;
  }
  EXPECT_EQ(clients_.delivered[5], 0U);
  clients_.hold = false;
  EXPECT_TRUE(eventually([&] { return clients_.delivered[5] == 101; }));
}

/// Effects: the supervisor's looks of so many seconds, with so many slots in use.
void look_for_seconds(Notifiers& notifiers, std::int64_t& now_ns, int seconds, std::size_t needed) {
  constexpr std::int64_t kLookNs = 100'000'000;
  for (const std::int64_t end_ns = now_ns + seconds * 1'000'000'000LL; now_ns < end_ns; now_ns += kLookNs)
    notifiers.trim(now_ns, [needed] { return needed; });
}

TEST_F(NotifiersTest, Threads_that_nobody_needs_end_after_some_seconds) {
  Notifiers notifiers(table_);
  std::int64_t now_ns = 0;
  notifiers.ensure(64);
  look_for_seconds(notifiers, now_ns, 1, 3);
  EXPECT_EQ(notifiers.count(), 64U) << "too early";
  look_for_seconds(notifiers, now_ns, 5, 3);
  EXPECT_EQ(notifiers.count(), 3U);
  // The others end by themselves, and are joined by the next looks.
  EXPECT_TRUE(eventually([&] { return !notifiers.trim(now_ns += 1'000'000'000, [] { return 3; }); }));
  for (std::uint64_t i = 1; i <= 100; ++i) {
    for (const std::size_t slot : {1, 2, 3}) raise(slot);
    ASSERT_TRUE(eventually([&] { return clients_.delivered[3] == i; })) << i;
  }
  look_for_seconds(notifiers, now_ns, 6, 0);
  EXPECT_EQ(notifiers.count(), 0U);
  EXPECT_TRUE(eventually([&] { return !notifiers.trim(now_ns, [] { return 0; }); }));
  notifiers.ensure(2);
  raise(1);
  EXPECT_TRUE(eventually([&] { return clients_.delivered[1] == 101; }));
}

/// A thread that is to end, and is in a callback, is kept by the next open; and it is no thread too few.
TEST_F(NotifiersTest, A_thread_in_a_callback_stays_when_it_is_needed_again) {
  clients_.blocked = 5;
  clients_.hold = true;
  Notifiers notifiers(table_);
  std::int64_t now_ns = 0;
  notifiers.ensure(2);
  raise(5);
  ASSERT_TRUE(eventually([&] { return clients_.begun == 1; }));
  look_for_seconds(notifiers, now_ns, 6, 0);
  EXPECT_EQ(notifiers.count(), 0U);
  notifiers.ensure(2);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    raise(3);
    ASSERT_TRUE(eventually([&] { return clients_.delivered[3] == i; })) << i;
  }
  clients_.hold = false;
  EXPECT_TRUE(eventually([&] { return clients_.delivered[5] == 1; }));
}

/// Opens and closes of many streams, with time that runs fast: each message of a slot in use arrives.
TEST_F(NotifiersTest, No_message_is_lost_while_threads_end_and_start) {
  Notifiers notifiers(table_);
  std::int64_t now_ns = 0;
  std::atomic<std::size_t> needed{1};
  std::atomic<bool> over{false};
  std::thread supervisor([&] {
    while (!over) notifiers.trim(now_ns += Notifiers::kIdleNs, [&] { return needed.load(); });
  });
  for (std::size_t round = 1; round <= 100; ++round) {
    const std::size_t slots = 1 + round % 7;
    needed = slots;
    ASSERT_TRUE(test::succeeded(notifiers.ensure(slots)));
    for (std::size_t slot = 0; slot < slots; ++slot) raise(slot);
    ASSERT_TRUE(eventually([&] { return clients_.delivered[0] == round; })) << round;
  }
  over = true;
  supervisor.join();
}

TEST_F(NotifiersTest, Ending_delivers_nothing_twice_and_leaves_no_thread) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  {
    Notifiers notifiers(table_);
    notifiers.ensure(core::kSlots);
    raise(1);
    ASSERT_TRUE(eventually([&] { return clients_.delivered[1] == 1; }));
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned);
  EXPECT_EQ(table_.use_count(), 2) << "a thread is left";
}

TEST_F(NotifiersTest, Ending_leaves_a_client_that_does_not_return) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  clients_.blocked = 5;
  clients_.hold = true;
  auto owned = std::make_unique<Notifiers>(table_);
  owned->ensure(4);
  raise(5);
  ASSERT_TRUE(eventually([&] { return clients_.begun == 1; }));
  owned.reset();
  EXPECT_EQ(hal::abandoned_threads(), abandoned + 1);

  clients_.hold = false;  // it returns, and finds that it is to end
  EXPECT_TRUE(eventually([&] { return table_.use_count() == 2; }));
  EXPECT_EQ(clients_.delivered[5], 1U);
}

}  // namespace
}  // namespace refwave::notify
