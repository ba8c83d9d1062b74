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

/// Effects: trims as the supervisor does for `seconds`, with `needed` slots in use.
void look_for_seconds(Notifiers& notifiers, std::int64_t& now_ns, int seconds, std::size_t needed) {
  constexpr std::int64_t kLookNs = 100'000'000;
  for (const std::int64_t end_ns = now_ns + seconds * 1'000'000'000LL; now_ns < end_ns; now_ns += kLookNs)
    notifiers.trim(now_ns, [needed] { return needed; });
}

TEST_F(NotifiersTest, Unneeded_threads_end_after_some_seconds) {
  Notifiers notifiers(table_);
  std::int64_t now_ns = 0;
  notifiers.ensure(64);
  look_for_seconds(notifiers, now_ns, 1, 3);
  EXPECT_EQ(notifiers.count(), 64U) << "too early";
  look_for_seconds(notifiers, now_ns, 5, 3);
  EXPECT_EQ(notifiers.count(), 3U);
  // The others end by themselves; the next trims join them.
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

/// The next open keeps a retiring thread that is still in a callback.
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
