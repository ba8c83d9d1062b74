#include "driver/notify/wake_policy.h"

#include <gtest/gtest.h>

namespace refwave::notify {
namespace {

constexpr std::uint32_t kFewMissed = 3;  // of a thousand

TEST(Lead, Is_generous_while_it_knows_nothing) {
  Lead lead;
  EXPECT_EQ(lead.ns(), Lead::kFirstNs);
  for (int i = 0; i < 10; ++i) lead.note(5'000, kFewMissed);
  EXPECT_EQ(lead.ns(), Lead::kFirstNs);
}

TEST(Lead, Is_what_all_naps_needed_but_for_as_many_as_may_be_missed) {
  for (const auto& [may_be_missed, needed_ns] : {std::pair{kFewMissed, 60'000}, {50U, 20'000}}) {
    Lead lead;
    for (int i = 0; i < 1'000; ++i) lead.note(i % 100 == 0 ? 60'000 : 20'000, may_be_missed);
    EXPECT_GT(lead.ns(), needed_ns);
    EXPECT_LE(lead.ns(), needed_ns + 2 * Lead::kStepNs);
  }
}

TEST(Lead, Grows_while_it_is_too_short_and_stays_in_its_range) {
  Lead lead;
  for (int i = 0; i < 1'000; ++i) lead.note(10'000, kFewMissed);
  const std::int64_t before_ns = lead.ns();
  for (int i = 0; i < 1'000; ++i) lead.note_too_short(kFewMissed);
  EXPECT_GT(lead.ns(), before_ns);
  EXPECT_LE(lead.ns(), Lead::kMostNs);
}

TEST(Lead, Is_less_than_nothing_where_blocks_are_later_than_sleepers) {
  Lead lead;
  for (int i = 0; i < 1'000; ++i) lead.note(-40'000, kFewMissed);
  EXPECT_LE(lead.ns(), -40'000 + 2 * Lead::kStepNs);
  EXPECT_GE(lead.ns(), Lead::kLeastNs);
}

TEST(Lead, Forgets_how_the_machine_was) {
  Lead lead;
  for (int i = 0; i < 2'000; ++i) lead.note(200'000, kFewMissed);
  ASSERT_GT(lead.ns(), 200'000);
  for (int i = 0; i < 20'000; ++i) lead.note(-5'000, kFewMissed);
  EXPECT_LT(lead.ns(), 10'000);
}

}  // namespace
}  // namespace refwave::notify
