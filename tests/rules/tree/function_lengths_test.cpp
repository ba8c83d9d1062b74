// Functions that fit into a head, and the counter that says so.
#include <gmock/gmock.h>

#include "tests/rules/tree/function_lengths.h"
#include "tests/rules/tree/source_tree.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kLongest = 40;

/// Returns: the functions of the folders' files with more lines than that.
std::vector<std::string> longer_functions(const std::vector<std::string>& folders) {
  std::vector<std::string> found;
  for (const SourceFile& file : source_files()) {
    if (!file.is_code()) continue;
    for (const std::string& folder : folders) {
      if (!file.in(folder)) continue;
      for (const Function& function : functions_of(file.lines)) {
        if (function.lines > kLongest)
          found.push_back(place(file, function.line) + " (" + std::to_string(function.lines) + " lines)");
      }
    }
  }
  return found;
}

std::vector<std::size_t> lengths(const std::vector<std::string>& lines) {
  std::vector<std::size_t> all;
  for (const Function& function : functions_of(lines)) all.push_back(function.lines);
  return all;
}

TEST(Functions, Have_at_most_40_lines) {
  EXPECT_THAT(longer_functions({"dsp", "hal", "driver", "bench", "tests", "inf"}), IsEmpty());
}

TEST(Function_lengths, Are_counted_from_the_head_to_the_last_brace) {
  EXPECT_THAT(lengths({"int f() { return 1; }"}), ElementsAre(1U));
  EXPECT_THAT(lengths({"int g(int a,", "      int b) {", "  if (a) {", "    return b;", "  }", "}"}),
              ElementsAre(6U));
  EXPECT_THAT(lengths({"TEST(A, b) {", "}", "", "TEST(A, c) {", "  f();", "}"}), ElementsAre(2U, 3U));
}

TEST(Function_lengths, Know_members_and_what_is_no_function) {
  EXPECT_THAT(lengths({"namespace a {", "class B final : public C {", " public:", "  B() : x_{1}, y_{f()} {",
                       "    f();", "  }", "  int x_ = {};", "};", "enum class E { a, b };",
                       "const int t[] = {f(1), 2};", "}"}),
              ElementsAre(3U));
  EXPECT_THAT(lengths({"template <class T>", "struct S {", "  int operator()() const noexcept {",
                       "    return 1;", "  }", "};"}),
              ElementsAre(3U));
  EXPECT_THAT(lengths({"void f(int a = {}) {", "}", "void g();", "void h() {", "}"}), ElementsAre(2U, 2U));
}

TEST(Function_lengths, See_no_braces_in_comments_strings_and_directives) {
  EXPECT_THAT(lengths({"void f() {  // {", "  g(\"{\", '{', 1'000, R\"x({)x\");", "  /* {", "  */", "}",
                       "#define M(a) void a() {", "void h() {", "}"}),
              ElementsAre(5U, 2U));
}

TEST(Function_lengths, Find_a_long_one) {
  std::vector<std::string> lines = {"void f() {"};
  while (lines.size() < kLongest) lines.emplace_back("  g();");
  lines.emplace_back("}");
  ASSERT_THAT(lengths(lines), ElementsAre(kLongest + 1));
}

}  // namespace
}  // namespace refwave::test
