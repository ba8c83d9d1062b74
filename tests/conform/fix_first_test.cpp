// The rule to fix first among several broken ones.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "bench/conform/explain/explain.h"

namespace refwave::conform {
namespace {

std::vector<Rule> rules(const std::vector<std::string>& patterns) { return chosen_rules(patterns); }

TEST(Fix_first, Names_the_first_of_the_usual_mistakes_and_what_shares_it) {
  const Rule first = first_to_fix(rules({"DRV_OPEN.identifies_each", "W?M_*.flags", "WODM_RESET.flags"}));
  EXPECT_EQ(fix_first(first, {Outcome::broken, "seen"}, 1),
            "fix first: WOM_DONE.flags; 1 other has the same usual mistake. The usual mistake: A header is "
            "flagged after its client was notified, or dwFlags is assigned as a whole.");
  EXPECT_THAT(fix_first(first, {Outcome::broken, "seen"}, 0),
              testing::StartsWith("fix first: WOM_DONE.flags. The"));
  EXPECT_EQ(fix_first(first, {Outcome::broken, "crashed: Aborted in f, a.cpp:1", Ending::crashed}, 2),
            "fix first: WOM_DONE.flags, which crashed: Aborted in f, a.cpp:1; 2 others crashed, too");
  EXPECT_EQ(fix_first(first, {Outcome::broken, "hung: in f, a.cpp:1", Ending::hung}, 0),
            "fix first: WOM_DONE.flags, which hung: in f, a.cpp:1");
  EXPECT_THAT(fix_first(first, {Outcome::broken, "hung", Ending::hung}, 1),
              testing::HasSubstr("flags, which hung; 1 other has the same usual mistake. The"));
}

TEST(Fix_first, Is_a_callback_a_thread_or_a_lock_before_it_is_a_position_or_a_loop) {
  for (const Rule& late : rules({"*_GETPOS.*", "loop", "WODM_RESET.loops", "volume", "format"})) {
    for (const Rule& early :
         rules({"callback", "Process.*", "*.ends_threads", "*.no_thread", "WOM_DONE.may_write",
                "WOM_DONE.may_ask", "*.may_reset", "WOM_DONE.may_open", "Crowd.each_other"}))
      EXPECT_EQ(first_to_fix({late, early}).id, early.id);
  }
}

/// The same rule of outputs and inputs is one mistake, and so is a close on the stream's own thread.
TEST(Usual_mistakes, Are_each_rules_own) {
  const auto name_of = [](const Rule& rule) {
    const std::string_view name = rule.id.substr(rule.id.find('.') + 1);
    return name == "may_close_at_end" || name == "may_follow" ? "may_close" : name;
  };
  std::map<std::string_view, Rule> rules_of;
  std::set<std::string_view> used;
  for (const Rule& rule : all_rules()) {
    const auto& mistakes = usual_mistakes();
    ASSERT_TRUE(std::ranges::any_of(mistakes, [&](const UsualMistake& each) {
      return matches(each.pattern, rule.id);
    })) << rule.id;
    const UsualMistake& mistake = usual_mistake_of(rule);
    used.insert(mistake.pattern);
    const Rule& first = rules_of.try_emplace(mistake.text, rule).first->second;
    EXPECT_TRUE(name_of(first) == name_of(rule) || first.sentence == rule.sentence) << mistake.text;
  }
  for (const UsualMistake& each : usual_mistakes()) EXPECT_TRUE(used.contains(each.pattern)) << each.pattern;
}

}  // namespace
}  // namespace refwave::conform
