// The rule to mend first among several broken ones, and the choice of rules by patterns.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "tests/conform/explain/choice.h"
#include "tests/conform/explain/mend_first.h"

namespace refwave::conform {

/// No rule runs here.
void end_rule(const Finding&) { std::abort(); }

namespace {

using testing::IsEmpty;

std::vector<Rule> rules(const std::vector<std::string>& patterns) { return chosen_rules(patterns); }

TEST(Mend_first, Names_the_break_on_which_the_others_stand) {
  EXPECT_EQ(mend_first(rules({"WODM_OPEN.query", "WODM_RESET.flags", "WOM_DONE.may_close"})),
            "mend first: WODM_OPEN.query; the other 2 breaks may follow from it");
  EXPECT_EQ(mend_first(rules({"WODM_SETVOLUME.own", "WODM_PREPARE.again", "WODM_WRITE.many"})),
            "mend first: WODM_PREPARE.again, WODM_SETVOLUME.own; the other 1 break may follow from these");
}

TEST(Mend_first, Has_nothing_to_say_of_breaks_that_stand_side_by_side) {
  EXPECT_THAT(mend_first(rules({"WODM_GETPOS.exact", "WODM_SETVOLUME.own"})), IsEmpty());
  EXPECT_THAT(mend_first(rules({"WODM_RESET.*"})), IsEmpty());
  EXPECT_THAT(mend_first({}), IsEmpty());
}

TEST(Mend_first, Knows_every_group_and_none_stands_on_itself) {
  for (const Rule& rule : all_rules()) {
    EXPECT_TRUE(rule.group == "driver" || !foundations_of(rule.group).empty()) << rule.group;
    for (const std::string_view below : foundations_of(rule.group)) {
      EXPECT_TRUE(std::ranges::any_of(all_rules(), [&](const Rule& other) { return other.group == below; }))
          << below;
      EXPECT_THAT(foundations_of(below), testing::Not(testing::Contains(rule.group)));
    }
  }
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
