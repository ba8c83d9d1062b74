// The same files through `refwave play` and through sox, which computes in 32 bits: rates, channels, volume
// and fewer bits come out alike within a stated bound.
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

/// Of full scale: -120 dB, and -110 dB where the rate changes.
constexpr double kBound = 1e-6;
constexpr double kRateBound = 3.2e-6;

class Sox : public WithFolder {
 protected:
  void SetUp() override { ASSERT_EQ(std::system("sox --version >/dev/null"), 0) << "./run installs sox"; }

  /// Returns: the path of half a second of some sines, in each channel others, that fade in and out.
  /// `highest`: a share of the rate.
  std::string write_sines(int encoding, int channels, int rate, double highest) const {
    const int frames = rate / 2;
    std::vector<double> samples;
    for (int i = 0; i < frames; ++i) {
      const double fade = std::pow(std::sin(std::numbers::pi * i / frames), 2);
      for (int channel = 0; channel < channels; ++channel) {
        double sum = 0;
        for (const double share : {0.01, 0.27, 0.58, 0.77, 0.95})
          sum += std::sin(2 * std::numbers::pi * highest * (share + 0.005 * channel) * i);
        samples.push_back(sum * fade * 0.12);
      }
    }
    return write_samples("in.wav", SF_FORMAT_WAVEX | encoding, channels, rate, samples);
  }
  /// Returns: what the clocked device played of the file.
  Decoded played(const std::string& file, std::vector<std::string> words) const {
    words.insert(words.begin(), {"play", file, "--device", "clocked", "--capture", path("refwave.wav"),
                                 "--option", "clock=4", "--buffers", "64"});
    const Outcome outcome = run_refwave(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return decode(path("refwave.wav"));
  }
  /// Returns: what sox makes of the file.
  Decoded by_sox(const std::string& file, const std::string& output, const std::string& effects) const {
    const std::string command = "sox -V1 -D " + file + " " + output + " " + path("sox.wav") + " " + effects;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return decode(path("sox.wav"));
  }
  /// Expects: `reference` stands in `found` from some frame on, within the bound.
  static void expect_alike(const Decoded& found, const Decoded& reference, double bound,
                           const std::string& what) {
    ASSERT_EQ(found.channels, reference.channels);
    ASSERT_EQ(found.rate, reference.rate);
    const auto channels = static_cast<std::size_t>(found.channels);
    // Sound begins at its first period, of which there are few before.
    double least = std::numeric_limits<double>::max();
    for (std::size_t at = 0; at <= std::size_t{48'000} * channels; at += channels) {
      if (at + reference.samples.size() > found.samples.size() + 1'000 * channels) break;
      double greatest = 0;
      for (std::size_t i = 0; i < reference.samples.size() && greatest < least; ++i) {
        const double sample = at + i < found.samples.size() ? found.samples[at + i] : 0;
        greatest = std::max(greatest, std::abs(sample - reference.samples[i]));
      }
      least = std::min(least, greatest);
    }
    EXPECT_LE(least, bound) << what;
    RecordProperty(what, std::to_string(20 * std::log10(least)) + " dB");
  }
};

TEST_F(Sox, Rates_come_out_alike) {
  for (const auto& [from, to] :
       {std::pair{44'100, 48'000}, {48'000, 44'100}, {96'000, 48'000}, {8'000, 48'000}}) {
    const std::string rate = std::to_string(to);
    const double highest = 0.4 * std::min(from, to) / from;
    const std::string file = write_sines(SF_FORMAT_FLOAT, 2, from, highest);
    expect_alike(played(file, {"--rate", rate, "--option", "resampling=best"}),
                 by_sox(file, "-e floating-point -b 32", "rate -v " + rate), kRateBound,
                 std::to_string(from) + "_to_" + rate);
  }
}

/// ITU-R BS.775-3, annex 4, table 2: 3/2 to 2/0.
TEST_F(Sox, The_down_mix_of_5_1_to_stereo_comes_out_alike) {
  const std::string file = write_sines(SF_FORMAT_FLOAT, 6, 48'000, 0.4);
  expect_alike(played(file, {"--rate", "48000", "--option", "channels=2"}),
               by_sox(file, "-e floating-point -b 32",
                      "remix -m 1,3v0.70710678,5v0.70710678 2,3v0.70710678,6v0.70710678"),
               kBound, "5_1_to_stereo");
}

TEST_F(Sox, Mono_on_both_sides_and_half_the_volume_come_out_alike) {
  const std::string file = write_sines(SF_FORMAT_PCM_16, 1, 48'000, 0.4);
  expect_alike(played(file, {"--rate", "48000", "--volume", "50"}),
               by_sox(file, "-e floating-point -b 32 -c 2", "vol " + std::to_string(32'767 / 65'535.0)),
               kBound, "mono_to_stereo");
}

TEST_F(Sox, Fewer_bits_without_dither_differ_by_one_step_at_most) {
  const std::string file = write_sines(SF_FORMAT_PCM_24, 2, 48'000, 0.4);
  expect_alike(played(file, {"--rate", "48000", "--option", "format=s16", "--option", "dither=off"}),
               by_sox(file, "-b 16", ""), 1.0 / 32'768, "24_to_16_bits");
}

}  // namespace
}  // namespace refwave::test
