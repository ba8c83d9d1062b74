// `refwave conform` itself: the document it prints, the places it names, and what it says of files that are
// no driver.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

struct Outcome {
  int status = -1;
  std::string text;
};

/// Returns: how `refwave conform` ends, with both its outputs, unless `errors` says where the second goes.
Outcome conform(const std::string& words, const std::string& errors = "&1") {
  int status = 0;
  const auto bytes = output_of("'" REFWAVE_COMMAND "' conform " + words + " 2>" + errors, &status);
  return {WEXITSTATUS(status), std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
}

std::string source(const std::string& path) {
  std::ifstream file(REFWAVE_SOURCE_FOLDER "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Returns: what the pattern's first group matches, wherever it does.
std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

TEST(Conform, Messages_md_is_what_it_prints) {
  EXPECT_EQ(source("driver/winmm/MESSAGES.md"), conform("--markdown").text)
      << "refwave conform --markdown > driver/winmm/MESSAGES.md";
}

TEST(Conform, Every_rule_belongs_to_a_message_and_stands_in_the_document) {
  const auto listed = all_matches(conform("--list").text, "(?:^|\n)([A-Za-z_]+[.][a-z0-9A-Z_]+) ");
  EXPECT_GT(listed.size(), 150U);
  EXPECT_EQ(all_matches(conform("--markdown").text, "[|] `([^`]+)` [|]"), listed);
}

TEST(Conform, Every_place_in_the_document_is_there) {
  static const std::regex place("In `([^`]+)`, `([^`]+)`[.]");
  const std::string text = conform("--markdown").text;
  int places = 0;
  for (std::sregex_iterator match(text.begin(), text.end(), place), end; match != end; ++match, ++places)
    EXPECT_THAT(source((*match)[1]), HasSubstr((*match)[2].str())) << (*match)[1];
  EXPECT_GT(places, 40);
}

TEST(Conform, A_file_that_is_no_driver_and_a_rule_that_does_not_exist_are_errors) {
  EXPECT_EQ(conform("/no/such/file.drv").status, 1);
  const Outcome none = conform("/dev/null");
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.text, HasSubstr("/dev/null"));
  EXPECT_EQ(conform("--rule WODM_SING.loud").status, 2);
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
  EXPECT_THAT(crashed.text, HasSubstr("crashed"));
  ASSERT_EQ(setenv("STRAY_DRIVER_HANGS", "1", 1), 0);
  const Outcome hung = conform(driver);
  unsetenv("STRAY_DRIVER_HANGS");
  EXPECT_EQ(hung.status, 1);
  EXPECT_THAT(hung.text, HasSubstr("hung"));
}

}  // namespace
}  // namespace refwave::test
