// `refwave conform` itself: its document, the places that it names, and its errors.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <regex>
#include <set>

#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

struct Outcome {
  int status = -1;
  std::string text;
};

/// Returns: the exit status and output of `refwave conform`. `errors`: where standard error goes.
Outcome conform(const std::string& words, const std::string& errors = "&1") {
  int status = 0;
  const auto bytes = output_of("'" REFWAVE_COMMAND "' conform " + words + " 2>" + errors, &status);
  return {WEXITSTATUS(status), std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
}

std::string source(const std::string& path) { return contents_of(REFWAVE_SOURCE_FOLDER "/" + path); }

std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

std::set<std::string> listed(const std::string& words = {}) {
  return all_matches(conform("--list " + words).text, "(?:^|\n)([A-Za-z_]+[.][a-z0-9A-Z_]+) ");
}

TEST(Conform, Messages_md_is_what_it_prints) {
  EXPECT_EQ(source("driver/winmm/MESSAGES.md"), conform("--markdown").text)
      << "refwave conform --markdown > driver/winmm/MESSAGES.md";
}

TEST(Conform, Every_rule_belongs_to_a_message_and_stands_in_the_document) {
  EXPECT_GT(listed().size(), 150U);
  std::istringstream page(conform("--markdown").text);
  std::set<std::string> messages;
  std::set<std::string> rules;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) messages = all_matches(line, "([A-Za-z_]+)");
    if (!line.starts_with("- ")) continue;
    for (const std::string& name : all_matches(line, "(?:^- |, )`([^`]+)`(?=: |, `)")) {
      if (name.find('.') != std::string::npos) {
        EXPECT_TRUE(messages.contains(name.substr(0, name.find('.')))) << line;
        rules.insert(name);
      } else {
        for (const std::string& message : messages) rules.insert(message + "." + name);
      }
    }
  }
  EXPECT_EQ(rules, listed());
}

TEST(Conform, A_mutant_breaks_every_rule) {
  EXPECT_EQ(all_matches(contents_of(RULES_OF_MUTANTS), "([^ \\n]+)"), listed());
}

TEST(Conform, Every_place_in_the_document_is_there) {
  static const std::regex place("In `([^`]+)`, `([^`]+)`[.]");
  const std::string text = conform("--markdown").text;
  int places = 0;
  for (std::sregex_iterator match(text.begin(), text.end(), place), end; match != end; ++match, ++places)
    EXPECT_THAT(source((*match)[1]), HasSubstr((*match)[2].str())) << (*match)[1];
  EXPECT_GT(places, 30);
}

TEST(Conform, A_file_that_is_no_driver_and_a_rule_that_does_not_exist_are_errors) {
  EXPECT_EQ(conform("/no/such/file.drv").status, 1);
  const Outcome none = conform("/dev/null");
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.text, HasSubstr("/dev/null"));
  EXPECT_EQ(conform("--rule WODM_SING.loud").status, 2);
}

TEST(Conform, Rules_are_chosen_by_group_and_by_pattern) {
  EXPECT_EQ(listed("--rule reset"), listed("--rule 'WODM_RESET.*'"));
  EXPECT_THAT(listed("--rule 'Close.*'"), testing::AllOf(testing::Contains("WODM_CLOSE.still_playing"),
                                                         testing::Contains("WIDM_CLOSE.after_reset")));
  EXPECT_EQ(listed("--rule '*.closed_handle'").size(), 2U);
  EXPECT_EQ(listed("--rule wodm_reset.flags --rule WODM_RESET.position").size(), 2U);
  for (const auto& [wrong, meant] : {std::pair{"WODM_RESET.flag", "WODM_RESET.flags"}, {"rset", "reset"}}) {
    const Outcome none = conform("--rule " + std::string(wrong));
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.text, HasSubstr("did you mean " + std::string(meant) + "?"));
  }
}

TEST(Conform, Every_rule_is_explained_with_its_page_its_reason_and_the_usual_mistake) {
  const std::string all = conform("--explain '*'").text;
  EXPECT_EQ(all_matches(all, "(?:^|\n)([A-Za-z_]+[.][a-z0-9A-Z_]+)\n"), listed());
  const std::string one = conform("--explain WODM_CLOSE.still_playing").text;
  EXPECT_THAT(
      one,
      testing::AllOf(
          HasSubstr("the page\n    WODM_CLOSE message"), HasSubstr("the reason\n    "),
          HasSubstr("the usual mistake\n    The close checks nothing, and ends the stream with its queue"),
          HasSubstr("--rule WODM_CLOSE.still_playing")));
}

TEST(Conform, Only_what_is_broken_is_printed_and_then_what_to_fix_first) {
  const std::string words = "'" LOOSE_HEADERS_DRIVER "' --rule header --rule reset --rule close";
  const Outcome found = conform(words, "/dev/null");
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.text, testing::AllOf(HasSubstr(" broken: "), testing::Not(HasSubstr(" kept\n")),
                                         HasSubstr("`refwave conform --explain ")));
  EXPECT_THAT(conform(words + " --all", "/dev/null").text, HasSubstr(" kept\n"));
}

TEST(Conform, Junit_has_every_rule_and_the_failures) {
  const Outcome found = conform("'" LOOSE_HEADERS_DRIVER "' --rule header --junit -", "/dev/null");
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.text, testing::StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"));
  const auto names = all_matches(found.text, "<testcase classname=\"[^\"]+\" name=\"([^\"]+)\"");
  EXPECT_EQ(names, listed("--rule header"));
  EXPECT_FALSE(all_matches(found.text, "<failure message=\"([^\"]+)\"").empty());
  EXPECT_EQ(conform("--rule WODM_RESET.flags --junit /no/such/folder/x.xml").status, 1);
}

TEST(Conform, A_driver_that_prints_does_not_print_into_the_report) {
  const Outcome found = conform("'" STRAY_DRIVER "' --json --rule WODM_OPEN.query", "/dev/null");
  EXPECT_EQ(found.text.substr(0, 1), "{") << found.text;
  EXPECT_EQ(found.text.find("here I am"), std::string::npos);
  EXPECT_THAT(conform("'" STRAY_DRIVER "' --json --rule WODM_OPEN.query").text, HasSubstr("here I am"));
}

TEST(Conform, A_driver_that_crashes_or_hangs_when_it_is_loaded_is_an_error_that_says_so) {
  const std::string driver = "'" STRAY_DRIVER "' --patience 1";
  ASSERT_EQ(setenv("STRAY_DRIVER_CRASHES", "1", 1), 0);
  const Outcome crashed = conform(driver);
  unsetenv("STRAY_DRIVER_CRASHES");
  EXPECT_EQ(crashed.status, 1);
  EXPECT_THAT(crashed.text, ContainsRegex("crashed: Aborted in (DriverProc|stray_driver)"));
  ASSERT_EQ(setenv("STRAY_DRIVER_HANGS", "1", 1), 0);
  const Outcome hung = conform(driver);
  unsetenv("STRAY_DRIVER_HANGS");
  EXPECT_EQ(hung.status, 1);
  EXPECT_THAT(hung.text, HasSubstr("hung"));
}

TEST(Conform, A_file_that_exports_no_wave_entry_is_an_error_that_says_so) {
  const Outcome found = conform("'" MANGLED_DRIVER "'");
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.text, HasSubstr("exports neither wodMessage nor widMessage"));
}

}  // namespace
}  // namespace refwave::test
