// What the driver does to samples, on a device that records what it plays (`loop`): formats, dither, NaN,
// volume, levels.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <set>

#include "tests/contract/harness.h"
#include "tests/contract/sound/client_format.h"

namespace refwave::contract {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

constexpr ClientFormat kFormats[] = {{"u8", 8, 8, false},         {"s16", 16, 16, false},
                                     {"12 in 16", 16, 12, false}, {"s24", 24, 24, false},
                                     {"20 in 24", 24, 20, false}, {"24 in 32", 32, 24, false},
                                     {"20 in 32", 32, 20, false}, {"s32", 32, 32, false},
                                     {"f32", 32, 32, true},       {"f64", 64, 64, true}};
constexpr ClientFormat kS16 = kFormats[1];
constexpr ClientFormat kF32 = kFormats[8];

WAVEFORMATEXTENSIBLE wave_format(const ClientFormat& format, WORD channels, DWORD rate = 48'000) {
  WAVEFORMATEXTENSIBLE wave{};
  wave.Format = pcm(channels, format.bits, rate);
  wave.Format.wFormatTag = WAVE_FORMAT_EXTENSIBLE;
  wave.Format.cbSize = sizeof wave - sizeof wave.Format;
  wave.Samples.wValidBitsPerSample = format.valid_bits;
  wave.SubFormat = format.is_float ? KSDATAFORMAT_SUBTYPE_IEEE_FLOAT : KSDATAFORMAT_SUBTYPE_PCM;
  return wave;
}

std::string looped(const std::string& more = {}) { return stepped("loop=true; " + more); }

/// A player and a recorder on a looped device.
class Loop {
 public:
  Loop(LoadedDriver& driver, const ClientFormat& format, WORD channels, DWORD rate = 48'000)
      : Loop(driver, format, format, channels, rate) {}
  Loop(LoadedDriver& driver, const ClientFormat& out, const ClientFormat& in, WORD channels,
       DWORD rate = 48'000)
      : out_format_(out),
        in_format_(in),
        channels_(channels),
        driver_(driver),
        player(driver, Direction::output, played_, wave_format(out, channels, rate).Format),
        recorder(driver, Direction::input, recorded_, wave_format(in, channels, rate).Format) {}

  /// Effects: queues the samples, and as much to record and a little more.
  void begin(const std::vector<double>& samples) {
    std::vector<char> bytes;
    for (const double x : samples) append(bytes, x, out_format_);
    fill(out_.emplace(bytes.size()), bytes);
    in_.emplace((samples.size() + 2 * kPeriodFrames * channels_) * in_format_.bits / 8U);
    recorder.queue(*in_);
    recorder.start();
    player.queue(*out_);
  }
  /// Returns: what is recorded, from the first played sample on.
  std::vector<double> finish() {
    EXPECT_TRUE(driver_.step_until([&] { return in_->done(); }));
    player.reset();
    recorder.reset();
    return samples_of(in_->header.lpData, in_->header.dwBytesRecorded / (in_format_.bits / 8U), in_format_);
  }
  std::vector<double> through(const std::vector<double>& samples) {
    begin(samples);
    return finish();
  }

 private:
  const ClientFormat out_format_;
  const ClientFormat in_format_;
  const WORD channels_;
  LoadedDriver& driver_;
  Diary played_;
  Diary recorded_;
  std::optional<Block> out_;
  std::optional<Block> in_;

 public:
  const Stream player;
  const Stream recorder;
};

/// Expects: `recorded` contains `played`, at a whole frame.
void expect_found(const std::vector<double>& played, const std::vector<double>& recorded,
                  std::size_t channels, const std::string& what) {
  for (std::size_t at = 0; at + played.size() <= recorded.size(); at += channels) {
    if (std::equal(played.begin(), played.end(), recorded.begin() + static_cast<std::ptrdiff_t>(at))) return;
  }
  ADD_FAILURE() << what << " did not come back as it was played";
}

TEST(Sound, Every_format_of_one_to_eight_channels_comes_back_bit_for_bit) {
  std::mt19937 random(5);
  for (const ClientFormat& format : kFormats) {
    const int bits = std::min<int>(format.valid_bits, 24);
    std::uniform_int_distribution<int> any(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
    for (WORD channels = 1; channels <= 8; ++channels) {
      LoadedDriver driver(looped("channels=" + std::to_string(channels)));
      Loop loop(driver, format, channels);
      std::vector<double> samples(std::size_t{400} * channels);
      for (double& x : samples) x = std::ldexp(any(random), 1 - bits);
      expect_found(samples, loop.through(samples), channels,
                   std::string(format.name) + ", " + std::to_string(channels) + " channels");
    }
  }
}

TEST(Sound, A_recording_has_zeros_below_its_valid_bits) {
  LoadedDriver driver(looped());
  std::vector<double> samples(4'000);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = std::sin(static_cast<double>(i) * 0.05) / 3;
  std::uint32_t all = 0;
  for (const double x : Loop(driver, kF32, {"20 in 32", 32, 20, false}, 2).through(samples))
    all |= static_cast<std::uint32_t>(static_cast<std::int32_t>(std::ldexp(x, 31)));
  EXPECT_EQ(all & 0xFFFU, 0U);
  EXPECT_NE(all & 0x1000U, 0U);
}

/// Returns: the samples that a 16-bit device gets of a quarter of a step above 100, in steps.
std::vector<double> between_two_steps(const std::string& settings) {
  LoadedDriver driver(looped("format=s16; " + settings));
  std::vector<double> seen;
  for (const double x :
       Loop(driver, kFormats[3], 2).through(std::vector<double>(8'000, std::ldexp(100.25, -15)))) {
    const double steps = std::ldexp(x, 15);
    if (steps > 50) seen.push_back(steps);  // not before the sound or after it
  }
  return seen;
}

TEST(Sound, Bits_that_a_device_lacks_are_dithered_unless_the_configuration_says_no) {
  for (const char* settings : {"", "dither=auto", "dither=on"}) {
    const std::vector<double> seen = between_two_steps(settings);
    const double sum = std::accumulate(seen.begin(), seen.end(), 0.0);
    EXPECT_NEAR(sum / static_cast<double>(seen.size()), 100.25, 0.03) << settings;
    EXPECT_GE(std::set(seen.begin(), seen.end()).size(), 3U) << settings;
  }
  const std::vector<double> off = between_two_steps("dither=off");
  EXPECT_EQ(std::set(off.begin(), off.end()), std::set<double>{100});
}

TEST(Sound, NaN_and_infinity_are_silent_and_counted) {
  std::vector<double> samples(400, 0.25);
  samples[7] = std::numeric_limits<double>::quiet_NaN();
  samples[8] = kInfinity;
  samples[9] = -kInfinity;
  std::vector<double> expected = samples;
  for (const std::size_t non_finite : {7U, 8U, 9U}) expected[non_finite] = 0;
  LoadedDriver driver(looped());
  {
    Loop loop(driver, kF32, 2);
    expect_found(expected, loop.through(samples), 2, "the rest");
    EXPECT_EQ(statistics_of(loop.player).ullSilenced, 3U);
    EXPECT_EQ(statistics_of(loop.recorder).ullSilenced, 0U);
  }
  {
    Loop resampled(driver, kF32, 2, 44'100);
    for (const double x : resampled.through(samples)) ASSERT_TRUE(std::isfinite(x));
  }
  EXPECT_EQ(driver.statistics().ullSilenced, 6U) << "of closed streams, too";
}

TEST(Sound, Levels_are_measured_on_request_only) {
  LoadedDriver driver(looped());
  Loop loop(driver, kS16, 2);
  std::vector<double> samples(48'000, 0.5);
  for (std::size_t i = 1; i < samples.size(); i += 2) samples[i] = -0.5;
  loop.begin(samples);
  constexpr std::uint32_t kWindowPeriods = 4'800 / kPeriodFrames + 1;
  driver.step(kWindowPeriods);
  EXPECT_EQ(statistics_of(loop.player).fPeak, 0);
  EXPECT_EQ(statistics_of(loop.player, REFWAVE_WITH_LEVELS).fPeak, 0)
      << "the first question starts the meter";
  EXPECT_EQ(statistics_of(loop.recorder, REFWAVE_WITH_LEVELS).fPeak, 0);
  driver.step(kWindowPeriods);
  EXPECT_EQ(statistics_of(loop.player).fPeak, 0) << "not asked for levels";
  EXPECT_EQ(statistics_of(loop.player, REFWAVE_WITH_LEVELS).fPeak, 0.5F);
  EXPECT_NEAR(statistics_of(loop.player, REFWAVE_WITH_LEVELS).fRms, 0.5, 1e-6);
  EXPECT_EQ(statistics_of(loop.recorder, REFWAVE_WITH_LEVELS).fPeak, 0.5F);
  EXPECT_EQ(driver.statistics().fPeak, 0) << "levels are those of one stream";
}

// --- volume ---

constexpr double kStep = 1.0 / 32'768;  // of 16 bits
constexpr double kLoud = 20'000 * kStep;

void set_volume(const Stream& player, DWORD volume) {
  player.must_send(WODM_SETVOLUME, "WODM_SETVOLUME", volume);
}

TEST(Volume, Is_left_in_the_low_word_or_mono_and_right_in_the_high_one_from_the_first_frame) {
  struct Row {
    DWORD volume;
    WORD channels;
    double left;
    double right;
  };
  for (const auto& [volume, channels, left, right] :
       {Row{0x40008000, 2, 0.5, 0.25}, {0xFFFF8000, 1, 0.5, 0.5}, {0x0000FFFF, 1, 1, 1}}) {
    LoadedDriver driver(looped("channels=" + std::to_string(channels)));
    Loop loop(driver, kS16, channels);
    set_volume(loop.player, volume);
    const std::vector<double> heard = loop.through(std::vector<double>(std::size_t{4'000} * channels, kLoud));
    EXPECT_NEAR(heard[2'000], kLoud * left, 2 * kStep);
    EXPECT_NEAR(heard[2'001], kLoud * right, 2 * kStep);
    EXPECT_LT(*std::ranges::max_element(heard), kLoud * std::max(left, right) + 2 * kStep);
  }
}

TEST(Volume, That_changes_while_it_plays_makes_no_click) {
  LoadedDriver driver(looped("channels=1"));
  Loop loop(driver, kS16, 1);
  loop.begin(std::vector<double>(8'000, kLoud));
  driver.step(10);
  set_volume(loop.player, 0);
  const std::vector<double> heard = loop.finish();
  EXPECT_EQ(heard[1'000], kLoud);
  EXPECT_EQ(heard[6'000], 0);
  for (std::size_t i = 1; i < 6'000; ++i)
    ASSERT_LT(std::abs(heard[i] - heard[i - 1]), 1'000 * kStep) << "at " << i;
}

}  // namespace
}  // namespace refwave::contract
