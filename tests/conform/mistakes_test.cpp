// Each rule of `refwave conform` can be broken: by a mutant of the sources, or by a mistake at refwave's
// boundary.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/conform/mistakes/mistake.h"
#include "tests/support/shell.h"

namespace refwave::conform {
namespace {

using Rules = std::set<std::string>;

Rules words_of(std::string_view text) {
  std::istringstream words{std::string(text)};
  return {std::istream_iterator<std::string>(words), {}};
}

std::string conform(const std::string& words) {
  return test::text_of("'" REFWAVE_COMMAND "' conform " + words);
}

Rules without(Rules rules, const Rules& others) {
  std::erase_if(rules, [&](const std::string& rule) { return others.contains(rule); });
  return rules;
}

class Mistakes : public testing::TestWithParam<Mistake> {};

/// Of the rules that it is to break, and of the groups that every mistake is asked.
TEST_P(Mistakes, Break_exactly_their_rules) {
  const Mistake& mistake = GetParam();
  const Rules expected = words_of(mistake.breaks);
  std::string words = "'" MISTAKEN_DRIVER "' --json";
  if (mistake.clock >= 20) words += " --patience 2";
  for (const std::string& group : words_of(GROUPS_OF_RULES)) words += " --rule " + group;
  words += " --parameters 'device=clocked; clock=" + std::to_string(mistake.clock) + "'";
  for (const std::string& rule : expected) words += " --rule " + rule;
  ASSERT_EQ(setenv("REFWAVE_MISTAKE", std::string(mistake.name).c_str(), 1), 0);
  const std::string report = conform(words);
  Rules not_kept;
  const auto found = nlohmann::json::parse(report);
  for (const auto& rule : found["rules"])
    if (rule["outcome"] != "kept") not_kept.insert(rule["id"]);
  EXPECT_EQ(not_kept, expected) << report;
}

INSTANTIATE_TEST_SUITE_P(, Mistakes, testing::ValuesIn(all_mistakes()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Mutants, Break_every_rule_there_is) {
  std::ifstream file(RULES_OF_MUTANTS);
  Rules broken{std::istream_iterator<std::string>(file), {}};
  for (const Mistake& mistake : all_mistakes()) broken.merge(words_of(mistake.breaks));
  Rules listed;
  std::istringstream lines(conform("--list"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(' ')) listed.insert(line.substr(0, line.find(' ')));
  }
  EXPECT_GT(listed.size(), 200U);
  EXPECT_THAT(without(listed, broken), testing::IsEmpty()) << "no mutant breaks these";
  EXPECT_THAT(without(broken, listed), testing::IsEmpty()) << "there are no such rules";
}

}  // namespace
}  // namespace refwave::conform
