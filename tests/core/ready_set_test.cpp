#include "driver/core/handover/ready_set.h"

#include <gtest/gtest.h>

namespace refwave::core {
namespace {

TEST(ReadySet, Finds_what_was_set_until_it_is_claimed) {
  ReadySet set;
  EXPECT_FALSE(set.any());
  for (const std::size_t index : {std::size_t{0}, std::size_t{63}, std::size_t{64}, kSlots - 1, kRetireBit}) {
    set.set(index);
    EXPECT_EQ(set.find(), index);
    EXPECT_TRUE(set.claim(index));
    EXPECT_FALSE(set.claim(index));
    EXPECT_FALSE(set.any());
  }
}

TEST(Waker, Only_the_first_wake_needs_a_signal_while_the_role_is_taken) {
  Waker waker;
  EXPECT_TRUE(waker.wake_one());
  EXPECT_FALSE(waker.wake_one()) << "the role lies in the semaphore";
  waker.sleep_until_role();  // returns at once: the token is there
  EXPECT_FALSE(waker.wake_one()) << "the role is ours";
  EXPECT_FALSE(waker.take_role());
  waker.give_up_role();
  EXPECT_TRUE(waker.take_role());
}

TEST(Waker, One_notifier_at_a_time_sleeps_where_no_token_reaches_it) {
  Waker waker;
  EXPECT_TRUE(waker.begin_nap());
  EXPECT_FALSE(waker.begin_nap());
  waker.end_nap();
  EXPECT_TRUE(waker.begin_nap());
}

}  // namespace
}  // namespace refwave::core
