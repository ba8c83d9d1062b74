// The rule to mend first among several broken ones, and the choice of rules by patterns.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/conform/explain/choice.h"
#include "tests/conform/explain/mend_first.h"

namespace refwave::conform {
namespace {

using testing::IsEmpty;

std::vector<Rule> rules(const std::vector<std::string>& patterns) { return chosen_rules(patterns); }

TEST(Mend_first, Names_the_first_step_that_is_broken) {
  EXPECT_EQ(
      mend_first(rules({"DRV_DISABLE.ends_streams", "WOM_DONE.flags", "WODM_RESET.flags"})),
      "mend first: WOM_DONE.flags; nearly every rule does that, so the other 2 breaks may follow from it");
  EXPECT_EQ(mend_first(rules({"W?M_*.once_in_order", "WODM_SETVOLUME.own"})),
            "mend first: WOM_DONE.once_in_order, WIM_DATA.once_in_order; nearly every rule does that, so the "
            "other 1 break may follow from it");
}

TEST(Mend_first, Has_nothing_to_say_of_breaks_that_are_no_step) {
  const std::vector<Rule> broken = rules({"WODM_OPEN.pcm_and_float", "WODM_GETPOS.played"});
  EXPECT_THAT(mend_first(broken), IsEmpty());
  EXPECT_EQ(first_to_mend(broken).size(), broken.size());
  EXPECT_THAT(mend_first(rules({"WOM_DONE.flags"})), IsEmpty());
  EXPECT_THAT(mend_first({}), IsEmpty());
}

TEST(Mend_first, Knows_rules_that_there_are) {
  std::size_t known = 0;
  for (const Rule& rule : all_rules()) {
    const std::vector<Rule> two = {rule, rules({"WODM_GETPOS.played"}).front()};
    known += first_to_mend(two).size() == 1;
  }
  EXPECT_EQ(known, 22U) << "as many as the steps have";
}

TEST(Patterns, Match_as_in_a_shell_whatever_the_case) {
  EXPECT_TRUE(matches("WODM_*", "WODM_RESET.flags"));
  EXPECT_TRUE(matches("*.fl?gs", "wodm_reset.FLAGS"));
  EXPECT_TRUE(matches("*a*b*", "xxaxxbxx"));
  EXPECT_TRUE(matches("**", ""));
  EXPECT_FALSE(matches("WODM", "WODM_RESET.flags"));
  EXPECT_FALSE(matches("a?", "a"));
  EXPECT_FALSE(matches("", "a"));
}

}  // namespace
}  // namespace refwave::conform
