// The samples that a client plays arrive unchanged: files that sox wrote are played in blocks of prime sizes,
// captured by the clocked device, read again by sox and compared byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/contract/harness.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::contract {
namespace {

struct RoundTripCase {
  WORD channels;
  WORD bits;
  const char* completion;
};

class RoundTrip : public testing::TestWithParam<RoundTripCase> {};

constexpr std::size_t kSeconds = 40;

/// Frames of the blocks, over and over.
constexpr std::array kPrimes = {479, 997, 2, 1'009, 127, 131, 4'801, 3, 257};

/// Returns: the samples of a WAV file, as sox reads them.
std::vector<char> samples_of(const std::filesystem::path& file, WORD bits) {
  const std::string encoding = bits == 8 ? " -e unsigned-integer" : " -e signed-integer";
  int status = 0;
  const auto bytes = test::output_of(
      "sox " + file.string() + " -t raw -b " + std::to_string(bits) + encoding + " -L -", &status);
  EXPECT_EQ(status, 0);
  std::vector<char> samples(bytes.size());
  std::transform(bytes.begin(), bytes.end(), samples.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  return samples;
}

/// Effects: writes noise, somewhat too loud, so that the highest and the lowest sample appear as well.
void write_with_sox(const std::filesystem::path& file, WORD channels, WORD bits) {
  const std::string command = "sox -V1 -D -R -n -r 48000 -c " + std::to_string(channels) + " -b " +
                              std::to_string(bits) + " " + file.string() + " synth " +
                              std::to_string(kSeconds) + " whitenoise vol 1.1";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

/// Expects: every possible 8- or 16-bit sample; of 24-bit samples every value of every byte.
void expect_every_pattern(const std::vector<char>& samples, std::size_t sample_bytes) {
  if (sample_bytes == 3) {
    for (std::size_t place = 0; place < sample_bytes; ++place) {
      std::set<char> seen;
      for (std::size_t i = place; i < samples.size(); i += sample_bytes) seen.insert(samples[i]);
      EXPECT_EQ(seen.size(), 256U);
    }
    return;
  }
  std::vector<bool> seen(std::size_t{1} << (8 * sample_bytes));
  for (std::size_t i = 0; i < samples.size(); i += sample_bytes) {
    const auto low = static_cast<unsigned char>(samples[i]);
    const auto high = static_cast<unsigned char>(sample_bytes == 2 ? samples[i + 1] : 0);
    seen[high * 256U + low] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0);
}

Blocks blocks_of(const std::vector<char>& samples, std::size_t frame_bytes) {
  Blocks blocks;
  std::size_t next = 0;
  for (std::size_t at = 0; at < samples.size();) {
    const std::size_t frames = static_cast<std::size_t>(kPrimes[next++ % kPrimes.size()]);
    const std::size_t bytes = std::min(samples.size() - at, frames * frame_bytes);
    fill(blocks.emplace_back(bytes), {samples.begin() + static_cast<std::ptrdiff_t>(at),
                                      samples.begin() + static_cast<std::ptrdiff_t>(at + bytes)});
    at += bytes;
  }
  return blocks;
}

/// Effects: plays the samples from the first period on, and unloads the driver, which ends the capture.
void play(const std::vector<char>& samples, const WAVEFORMATEX& format, const std::string& settings) {
  LoadedDriver driver(stepped(settings));
  Diary diary;
  Blocks blocks = blocks_of(samples, format.nBlockAlign);
  const Stream player(driver, Direction::output, diary, format);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.done().size() == blocks.size(); }));
  expect_done_once_in_order(diary, blocks);
  EXPECT_EQ(player.position(TIME_BYTES), samples.size());
  EXPECT_EQ(statistics_of(player).ullUnderruns, 0U);
}

/// Expects: the recording equals the played samples, followed only by the silence of the last period.
void expect_same(const std::vector<char>& played, const std::vector<char>& recorded,
                 const WAVEFORMATEX& format) {
  ASSERT_GE(recorded.size(), played.size());
  EXPECT_TRUE(std::equal(played.begin(), played.end(), recorded.begin()));
  EXPECT_LE(recorded.size() - played.size(), 2U * kPeriodFrames * format.nBlockAlign);
  const char silence = format.wBitsPerSample == 8 ? '\x80' : '\0';
  for (std::size_t i = played.size(); i < recorded.size(); ++i) EXPECT_EQ(recorded[i], silence);
}

TEST_P(RoundTrip, What_is_captured_is_what_was_played_bit_for_bit) {
  const test::TemporaryFolder folder;
  const WAVEFORMATEX format = pcm(GetParam().channels, GetParam().bits);
  const std::string type = GetParam().bits == 8 ? "u8" : "s" + std::to_string(GetParam().bits);
  write_with_sox(folder / "played.wav", GetParam().channels, GetParam().bits);
  const std::vector<char> played = samples_of(folder / "played.wav", GetParam().bits);
  ASSERT_EQ(played.size(), kSeconds * 48'000 * format.nBlockAlign);
  expect_every_pattern(played, GetParam().bits / 8U);
  // The ring holds all blocks, because on the stepped clock nobody waits for the thread that would refill it.
  play(played, format,
       "ring=16384; channels=" + std::to_string(GetParam().channels) + "; format=" + type +
           "; completion=" + GetParam().completion + "; capture=" + (folder / "recorded.wav").string());
  expect_same(played, samples_of(folder / "recorded.wav", GetParam().bits), format);
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip,
                         testing::Values(RoundTripCase{1, 8, "deferred"}, RoundTripCase{2, 8, "deferred"},
                                         RoundTripCase{1, 16, "deferred"}, RoundTripCase{2, 16, "deferred"},
                                         RoundTripCase{2, 16, "direct"}, RoundTripCase{1, 24, "deferred"},
                                         RoundTripCase{2, 24, "deferred"}),
                         [](const auto& test) {
                           return std::to_string(test.param.channels) + "_channels_" +
                                  std::to_string(test.param.bits) + "_bits_" + test.param.completion;
                         });

}  // namespace
}  // namespace refwave::contract
