// Every file of the corpus, to its target: inputs made by hand, those by which a fuzzer once found something,
// and both changed at random. FUZZ_ROUNDS: how often each file is changed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
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

/// Returns: the files of the target's corpus, by name.
std::map<std::string, Input> corpus_of(const Target& target) {
  std::map<std::string, Input> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(FUZZ_CORPUS) / target.name))
    files[entry.path().filename().string()] = contents(entry.path());
  return files;
}

/// What a fuzzer does without knowing the code: bytes are changed, doubled, left out, and taken from
/// elsewhere.
class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  Input changed(Input input, const Input& other) {
    for (std::size_t times = 1 + below(6); times != 0; --times) change(input, other);
    return input;
  }

 private:
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

  void change(Input& input, const Input& other) {
    constexpr std::uint8_t telling[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '\\', '\n', ';', '=', '[', '{'};
    const auto at = [&](const Input& bytes) { return static_cast<std::ptrdiff_t>(below(bytes.size() + 1)); };
    const auto here = at(input);
    const auto there = std::min<std::ptrdiff_t>(here + at(input) / 4 + 1, std::ssize(input));
    switch (below(5)) {
      case 0:
        if (!input.empty()) input[below(input.size())] = static_cast<std::uint8_t>(random_());
        return;
      case 1:
        input.insert(input.begin() + here, telling[below(std::size(telling))]);
        return;
      case 2:
        input.erase(input.begin() + std::min(here, there), input.begin() + there);
        return;
      case 3:
        if (!input.empty()) input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        return;
      default:
        input.insert(input.begin() + here, other.begin() + at(other) / 2, other.end());
    }
  }

  std::minstd_rand random_;
};

std::string as_text(const Input& input) {
  std::ostringstream text;
  for (const std::uint8_t byte : input)
    text << "\\x" << std::hex << std::setw(2) << std::setfill('0') << int{byte};
  return text.str();
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, Keeps_every_promise) {
  const auto files = corpus_of(GetParam());
  for (const auto& [name, input] : files) {
    SCOPED_TRACE(name);
    EXPECT_NO_THROW(GetParam().run(input));
  }
  EXPECT_GE(files.size(), 3U);
}

TEST_P(Corpus, Keeps_every_promise_when_it_is_changed_at_random) {
  const auto files = corpus_of(GetParam());
  const char* wanted = std::getenv("FUZZ_ROUNDS");
  const std::uint32_t rounds = wanted != nullptr ? static_cast<std::uint32_t>(std::atoi(wanted)) : 20;
  for (std::uint32_t round = 0; round < rounds && !HasFailure(); ++round) {
    const auto seed = static_cast<std::uint32_t>(GTEST_FLAG_GET(random_seed)) + round + 1;
    Mutator mutator(seed);
    for (auto file = files.begin(); file != files.end(); ++file) {
      const auto other = std::next(files.begin(), static_cast<std::ptrdiff_t>(round % files.size()));
      const Input input = mutator.changed(file->second, other->second);
      EXPECT_NO_THROW(GetParam().run(input))
          << file->first << " with seed " << seed << ": " << as_text(input);
    }
  }
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
