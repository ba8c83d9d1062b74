// Every file of the corpus, to its target: inputs made by hand, and those by which a fuzzer once found
// something.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

namespace fs = std::filesystem;

using Input = std::vector<std::uint8_t>;

Input contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, Keeps_every_promise) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(FUZZ_CORPUS) / GetParam().name)) {
    EXPECT_NO_THROW(GetParam().run(contents(entry.path()))) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3U);
}

TEST_P(Corpus, Target_takes_nothing_and_single_bytes) {
  EXPECT_NO_THROW(GetParam().run({}));
  for (const std::uint8_t byte : Input{0, 1, 10, 34, 91, 123, 127, 128, 255})
    EXPECT_NO_THROW(GetParam().run({&byte, 1})) << unsigned{byte};
}

INSTANTIATE_TEST_SUITE_P(, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(Harmless, Finds_what_a_terminal_would_obey_and_what_is_no_UTF_8) {
  EXPECT_NO_THROW(require_harmless("plain, \xC3\xA4\xE2\x80\xA6\xF0\x9F\x98\x80"));
  for (const char* bad : {"\n", "\x1B[2J", "\x7F", "\xC2\x9B", "\x9B", "\xC0\xAF", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xC3"})
    EXPECT_THROW(require_harmless(bad), Broken) << bad;
}

}  // namespace
}  // namespace refwave::fuzz
