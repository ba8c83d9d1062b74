// Every file of the corpus, to its target: inputs made by hand, and those by which a fuzzer once found
// something.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fuzz/targets.h"
#include "tests/support/temporary_folder.h"

namespace refwave::fuzz {
namespace {

namespace fs = std::filesystem;

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, Keeps_every_promise) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(FUZZ_CORPUS) / GetParam().name)) {
    const std::string input = test::contents_of(entry.path());
    const Bytes bytes(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    EXPECT_NO_THROW(GetParam().run(bytes)) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3U);
}

TEST_P(Corpus, Target_takes_nothing_and_single_bytes) {
  EXPECT_NO_THROW(GetParam().run({}));
  for (const auto byte : std::initializer_list<std::uint8_t>{0, 1, 10, 34, 91, 123, 127, 128, 255})
    EXPECT_NO_THROW(GetParam().run({&byte, 1})) << unsigned{byte};
}

INSTANTIATE_TEST_SUITE_P(, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace refwave::fuzz
