// What the driver does to samples, seen by a client: every format comes back as it was played, odd rates keep
// a tone, bits that are lost are dithered, what is no sound is silent and counted, and levels are measured
// for who asks.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>

#include "tests/contract/harness.h"

namespace refwave::contract {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct ClientFormat {
  const char* name;
  WORD bits;
  WORD valid_bits;
  bool is_float;
};
constexpr ClientFormat kFormats[] = {{"u8", 8, 8, false},         {"s16", 16, 16, false},
                                     {"12 in 16", 16, 12, false}, {"s24", 24, 24, false},
                                     {"20 in 24", 24, 20, false}, {"24 in 32", 32, 24, false},
                                     {"20 in 32", 32, 20, false}, {"s32", 32, 32, false},
                                     {"f32", 32, 32, true},       {"f64", 64, 64, true}};

WAVEFORMATEXTENSIBLE wave_format(const ClientFormat& format, WORD channels, DWORD rate = 48'000) {
  WAVEFORMATEXTENSIBLE wave{};
  wave.Format = pcm(channels, format.bits, rate);
  wave.Format.wFormatTag = WAVE_FORMAT_EXTENSIBLE;
  wave.Format.cbSize = sizeof wave - sizeof wave.Format;
  wave.Samples.wValidBitsPerSample = format.valid_bits;
  wave.SubFormat = format.is_float ? KSDATAFORMAT_SUBTYPE_IEEE_FLOAT : KSDATAFORMAT_SUBTYPE_PCM;
  return wave;
}

/// Effects: `x`, which is a multiple of 2^(1 - bits), as a client of that format has it, at the end of
/// `bytes`.
void append(std::vector<char>& bytes, double x, const ClientFormat& format) {
  const float single = static_cast<float>(x);
  const auto whole = static_cast<std::int32_t>(std::ldexp(x, 31));
  const auto offset = static_cast<unsigned char>((whole >> 24) + 128);
  const char* const source = format.bits == 64  ? reinterpret_cast<const char*>(&x)
                             : format.is_float  ? reinterpret_cast<const char*>(&single)
                             : format.bits == 8 ? reinterpret_cast<const char*>(&offset)
                                                : reinterpret_cast<const char*>(&whole) + 4 - format.bits / 8;
  bytes.insert(bytes.end(), source, source + format.bits / 8);
}

/// Returns: the samples that begin at `bytes`.
std::vector<double> samples_of(const char* bytes, std::size_t count, const ClientFormat& format) {
  std::vector<double> samples(count);
  for (double& x : samples) {
    float single = 0;
    std::int32_t whole = 0;
    if (format.bits == 64) {
      std::memcpy(&x, bytes, sizeof x);
    } else if (format.is_float) {
      std::memcpy(&single, bytes, sizeof single);
      x = single;
    } else {
      std::memcpy(reinterpret_cast<char*>(&whole) + 4 - format.bits / 8, bytes, format.bits / 8);
      x = std::ldexp(whole, -31);
      if (format.bits == 8) x += x < 0 ? 1 : -1;
    }
    bytes += format.bits / 8;
  }
  return samples;
}

/// A player and a recorder on the looped clocked device.
class Loop {
 public:
  Loop(const ClientFormat& format, WORD channels, DWORD rate, const std::string& settings)
      : format_(format),
        wave_(wave_format(format, channels, rate)),
        driver_(stepped("loop=true; " + settings)),
        player_(driver_, Direction::output, played_, wave_.Format),
        recorder_(driver_, Direction::input, recorded_, wave_.Format) {}

  /// Returns: as many samples as were played, as they were recorded from the moment on at which they began.
  std::vector<double> through(const std::vector<double>& samples) {
    std::vector<char> bytes;
    for (const double x : samples) append(bytes, x, format_);
    Block out(bytes.size());
    fill(out, bytes);
    Block in(bytes.size() + 2 * kPeriodFrames * wave_.Format.nBlockAlign);
    recorder_.queue(in);
    recorder_.start();
    player_.queue(out);
    EXPECT_TRUE(driver_.step_until([&] { return in.done(); }));
    player_.reset();
    recorder_.reset();
    return samples_of(in.header.lpData, in.header.dwBytesRecorded / (format_.bits / 8U), format_);
  }

 private:
  const ClientFormat format_;
  const WAVEFORMATEXTENSIBLE wave_;
  LoadedDriver driver_;
  Diary played_;
  Diary recorded_;
  Stream player_;
  Stream recorder_;
};

/// Expects: `played` stands somewhere in `recorded`, at a whole frame.
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
      Loop loop(format, channels, 48'000, "channels=" + std::to_string(channels));
      std::vector<double> samples(std::size_t{400} * channels);
      for (double& x : samples) x = std::ldexp(any(random), 1 - bits);
      expect_found(samples, loop.through(samples), channels,
                   std::string(format.name) + ", " + std::to_string(channels) + " channels");
    }
  }
}

/// A recorder gets what the mix has, rounded to its valid bits: below them there is nothing.
TEST(Sound, A_recording_has_zeros_below_its_valid_bits) {
  const ClientFormat format = {"20 in 32", 32, 20, false};
  const ClientFormat exact = {"f32", 32, 32, true};
  LoadedDriver driver(stepped("loop=true"));
  Diary diary;
  Stream player(driver, Direction::output, diary, wave_format(exact, 2).Format);
  Diary recorded;
  Stream recorder(driver, Direction::input, recorded, wave_format(format, 2).Format);
  std::vector<char> bytes;
  for (int i = 0; i < 4'000; ++i) append(bytes, std::sin(i * 0.05) / 3, exact);
  Block out(bytes.size());
  fill(out, bytes);
  Block in(bytes.size());
  recorder.queue(in);
  recorder.start();
  player.queue(out);
  ASSERT_TRUE(driver.step_until([&] { return in.done(); }));
  std::uint32_t all = 0;
  for (std::size_t at = 0; at < in.header.dwBytesRecorded; at += 4) {
    std::uint32_t sample = 0;
    std::memcpy(&sample, in.header.lpData + at, sizeof sample);
    all |= sample;
  }
  EXPECT_EQ(all & 0xFFFU, 0U);
  EXPECT_NE(all & 0x1000U, 0U);
}

/// Returns: how far everything but the sine is below it, in dB, in the middle of mono samples.
double residual_db(const std::vector<double>& samples, double hz, DWORD rate) {
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  const std::size_t begin = samples.size() / 4;
  const std::size_t end = samples.size() * 3 / 4;
  const double step = 2 * std::numbers::pi * hz / rate;
  for (std::size_t i = begin; i < end; ++i) {
    const double s = std::sin(step * static_cast<double>(i));
    const double c = std::cos(step * static_cast<double>(i));
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += samples[i] * s;
    xc += samples[i] * c;
  }
  const double determinant = ss * cc - sc * sc;
  const double a = (xs * cc - xc * sc) / determinant;
  const double b = (xc * ss - xs * sc) / determinant;
  double rest = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double sine =
        a * std::sin(step * static_cast<double>(i)) + b * std::cos(step * static_cast<double>(i));
    rest += (samples[i] - sine) * (samples[i] - sine);
  }
  return 10 * std::log10(rest / ((a * a + b * b) / 2 * static_cast<double>(end - begin)));
}

TEST(Sound, A_tone_goes_out_and_back_in_at_every_rate) {
  for (const DWORD rate : {8'000U, 11'025U, 12'345U, 22'050U, 37'800U, 44'100U, 47'999U, 88'200U, 96'000U,
                           176'400U, 191'999U, 192'000U}) {
    Loop loop({"f32", 32, 32, true}, 1, rate, "resampling=medium; channels=1");
    std::vector<double> samples(rate / 5);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = 0.5 * std::sin(2 * std::numbers::pi * 997 * static_cast<double>(i) / rate);
    EXPECT_LT(residual_db(loop.through(samples), 997, rate), -100) << rate;
  }
}

struct Spread {
  double mean;
  std::size_t values;  // different ones
};

/// Plays a quarter of a step above 100 of 16 bits, and looks at what a device of 16 bits gets.
Spread between_two_steps(const std::string& settings) {
  Loop loop({"s24", 24, 24, false}, 2, 48'000, "format=s16; " + settings);
  const auto recorded = loop.through(std::vector<double>(8'000, std::ldexp(100.25, -15)));
  std::vector<double> seen;
  double sum = 0;
  std::size_t count = 0;
  for (const double x : recorded) {
    const double steps = std::ldexp(x, 15);
    if (steps < 50) continue;  // before the sound and after it
    sum += steps;
    ++count;
    if (std::find(seen.begin(), seen.end(), steps) == seen.end()) seen.push_back(steps);
  }
  return {count == 0 ? 0 : sum / static_cast<double>(count), seen.size()};
}

TEST(Sound, Bits_that_a_device_lacks_are_dithered_unless_the_configuration_says_no) {
  for (const char* settings : {"", "dither=auto", "dither=on"}) {
    const Spread found = between_two_steps(settings);
    EXPECT_NEAR(found.mean, 100.25, 0.03) << settings;
    EXPECT_GE(found.values, 3U) << settings;
  }
  const Spread off = between_two_steps("dither=off");
  EXPECT_EQ(off.mean, 100);
  EXPECT_EQ(off.values, 1U);
}

REFWAVE_STATISTICS with_levels(const Stream& stream) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  stream.tell(REFWAVE_GET_STATISTICS, "REFWAVE_GET_STATISTICS", reinterpret_cast<DWORD_PTR>(&statistics),
              REFWAVE_WITH_LEVELS);
  return statistics;
}

TEST(Sound, NaN_and_infinity_are_silent_and_counted) {
  const ClientFormat format = {"f32", 32, 32, true};
  std::vector<double> samples(400, 0.25);
  samples[7] = std::numeric_limits<double>::quiet_NaN();
  samples[8] = kInfinity;
  samples[9] = -kInfinity;
  std::vector<double> expected = samples;
  for (const std::size_t non_finite : {7U, 8U, 9U}) expected[non_finite] = 0;
  LoadedDriver driver(stepped("loop=true"));
  {
    Diary played;
    Diary recorded;
    const Stream player(driver, Direction::output, played, wave_format(format, 2).Format);
    const Stream recorder(driver, Direction::input, recorded, wave_format(format, 2).Format);
    std::vector<char> bytes;
    for (const double x : samples) append(bytes, x, format);
    Block out(bytes.size());
    fill(out, bytes);
    Block in(bytes.size() * 2);
    recorder.queue(in);
    recorder.start();
    player.queue(out);
    ASSERT_TRUE(driver.step_until([&] { return in.done(); }));
    expect_found(expected, samples_of(in.header.lpData, in.header.dwBytesRecorded / 4U, format), 2,
                 "the rest");
    EXPECT_EQ(statistics_of(player).ullSilenced, 3U);
    EXPECT_EQ(statistics_of(recorder).ullSilenced, 0U);
  }
  EXPECT_EQ(driver.statistics().ullSilenced, 3U) << "of closed streams, too";
}

TEST(Sound, Levels_are_measured_for_who_asks_and_for_nobody_else) {
  const ClientFormat format = {"s16", 16, 16, false};
  LoadedDriver driver(stepped());
  Diary diary;
  const Stream player(driver, Direction::output, diary, wave_format(format, 2).Format);
  std::vector<char> bytes;
  for (int i = 0; i < 48'000; ++i) append(bytes, i % 2 == 0 ? 0.5 : -0.5, format);
  Block block(bytes.size());
  fill(block, bytes);
  player.queue(block);
  constexpr std::uint32_t kWindowPeriods = 4'800 / kPeriodFrames + 1;
  driver.step(kWindowPeriods);
  EXPECT_EQ(statistics_of(player).fPeak, 0);
  EXPECT_EQ(with_levels(player).fPeak, 0) << "the first question starts the meter";
  driver.step(kWindowPeriods);
  EXPECT_EQ(statistics_of(player).fPeak, 0) << "whoever does not ask for levels gets none";
  EXPECT_EQ(with_levels(player).fPeak, 0.5F);
  EXPECT_NEAR(with_levels(player).fRms, 0.5, 1e-6);
  EXPECT_EQ(driver.statistics().fPeak, 0) << "levels are those of one stream";
}

}  // namespace
}  // namespace refwave::contract
