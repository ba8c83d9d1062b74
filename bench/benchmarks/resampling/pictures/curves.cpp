// What the pictures of dsp/RESULTS.md are drawn from, as JSON on standard output: each quality's impulse
// response and frequency response, and the spectrum of a swept sine, measured through refwave's resampler and
// through libsamplerate's.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "bench/benchmarks/resampling/quality/converters.h"

namespace refwave::bench {
namespace {

using Line = std::vector<double>;

constexpr std::uint32_t kRate = 44'100;
constexpr std::uint32_t kFine = 4 * kRate;  // so that the filter is seen beyond the band that it lets through
constexpr std::size_t kImpulseAt = 1'000;
constexpr double kLowestDb = -200;

double decibels(double amplitude) { return std::max(20 * std::log10(amplitude), kLowestDb); }

void print(const char* name, const Line& line, const char* format) {
  std::printf("\"%s\":[", name);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (i != 0) std::putchar(',');
    std::printf(format, line[i]);
  }
  std::printf("]");
}

/// Returns: the level at each of 0, 50, 100 … Hz up to 30 kHz.
Line response_of(const std::vector<float>& impulse) {
  Line levels;
  for (double hz = 0; hz <= 30'000; hz += 50) {
    std::complex<double> sum = 0;
    for (std::size_t i = 0; i < impulse.size(); ++i)
      sum += static_cast<double>(impulse[i]) *
             std::polar(1.0, -2 * std::numbers::pi * hz * static_cast<double>(i) / kFine);
    levels.push_back(decibels(std::abs(sum) * kRate / kFine));
  }
  return levels;
}

void print_impulse(Converter& converter) {
  std::vector<float> in(2 * kImpulseAt);
  in[kImpulseAt] = 1;
  const std::vector<float> out = converted(converter, in, {kRate, kFine});
  print("response", response_of(out), "%.2f");
  std::printf(",\n");
  constexpr std::size_t kMiddle = kImpulseAt * kFine / kRate;
  constexpr std::size_t kSide = kFine / 1'000 * 3;  // three milliseconds
  Line shown(out.begin() + kMiddle - kSide, out.begin() + kMiddle + kSide + 1);
  print("impulse", shown, "%.7f");
}

/// A spectrogram: one line for each moment, of levels from 0 Hz to half the rate.
class Spectrogram {
 public:
  static constexpr std::size_t kMoments = 300;
  static constexpr std::size_t kHeight = 256;

  explicit Spectrogram(const std::vector<float>& samples) {
    for (std::size_t moment = 0; moment < kMoments; ++moment) {
      const std::size_t begin = (samples.size() - kLength) * moment / (kMoments - 1);
      add_moment(samples.data() + begin);
    }
  }
  const Line& levels() const { return levels_; }

 private:
  static constexpr std::size_t kLength = 4'096;

  /// A Kaiser window, deep enough for the best of the converters.
  static double window(std::size_t i) {
    constexpr double kBeta = 20;
    const double place = 2 * static_cast<double>(i) / (kLength - 1) - 1;
    return std::cyl_bessel_i(0, kBeta * std::sqrt(1 - place * place)) / std::cyl_bessel_i(0, kBeta);
  }
  static Line windows() {
    Line all(kLength);
    double sum = 0;
    for (std::size_t i = 0; i < kLength; ++i) sum += all[i] = window(i);
    for (double& one : all) one *= 2 / sum;  // a sine of full scale is at 0 dB
    return all;
  }

  /// The fast Fourier transform of Cooley and Tukey, for lengths that are powers of two.
  static void transform(std::vector<std::complex<double>>& x) {
    if (x.size() == 1) return;
    std::vector<std::complex<double>> even(x.size() / 2);
    std::vector<std::complex<double>> odd(x.size() / 2);
    for (std::size_t i = 0; i < even.size(); ++i) {
      even[i] = x[2 * i];
      odd[i] = x[2 * i + 1];
    }
    transform(even);
    transform(odd);
    for (std::size_t i = 0; i < even.size(); ++i) {
      const double angle = -2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(x.size());
      const std::complex<double> turned = std::polar(1.0, angle) * odd[i];
      x[i] = even[i] + turned;
      x[i + even.size()] = even[i] - turned;
    }
  }

  void add_moment(const float* samples) {
    static const Line kWindows = windows();
    std::vector<std::complex<double>> x(kLength);
    for (std::size_t i = 0; i < kLength; ++i) x[i] = static_cast<double>(samples[i]) * kWindows[i];
    transform(x);
    constexpr std::size_t kLines = kLength / 2 / kHeight;
    for (std::size_t row = 0; row < kHeight; ++row) {
      double loudest = 0;
      for (std::size_t line = row * kLines; line < (row + 1) * kLines; ++line)
        loudest = std::max(loudest, std::abs(x[line]));
      levels_.push_back(decibels(loudest));
    }
  }

  Line levels_;  // moment by moment
};

/// Returns: a sine at -1 dB that rises from 0 Hz to half the rate.
std::vector<float> sweep() {
  constexpr double kSeconds = 4;
  std::vector<float> samples(static_cast<std::size_t>(kSeconds * kRate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double seconds = static_cast<double>(i) / kRate;
    const double periods = kRate / 2.0 * seconds * seconds / (2 * kSeconds);
    samples[i] = static_cast<float>(0.89 * std::sin(2 * std::numbers::pi * periods));
  }
  return samples;
}

using Make = std::unique_ptr<Converter> (*)(std::uint16_t channels, Rates rates, dsp::Quality quality);

void print_converter(const std::string& name, Make make, dsp::Quality quality) {
  std::printf("{\"name\":\"%s\",\n", name.c_str());
  print_impulse(*make(1, {kRate, kFine}, quality));
  std::printf(",\n");
  constexpr Rates kUp = {kRate, 48'000};
  print("sweep", Spectrogram(converted(*make(1, kUp, quality), sweep(), kUp)).levels(), "%.0f");
  std::printf("}");
}

}  // namespace
}  // namespace refwave::bench

int main() {
  using namespace refwave;
  constexpr std::pair<const char*, dsp::Quality> kQualities[] = {
      {"fastest", dsp::Quality::fastest}, {"medium", dsp::Quality::medium}, {"best", dsp::Quality::best}};
  std::printf("{\"fine_rate\":%u,\"moments\":%zu,\"height\":%zu,\"converters\":[", bench::kFine,
              bench::Spectrogram::kMoments, bench::Spectrogram::kHeight);
  const char* separator = "";
  for (const auto& [name, quality] : kQualities) {
    std::fputs(std::exchange(separator, ","), stdout);
    bench::print_converter(std::string("refwave ") + name, bench::refwave_converter, quality);
    std::fputs(separator, stdout);
    bench::print_converter(std::string("libsamplerate ") + name, bench::libsamplerate_converter, quality);
  }
  std::puts("]}");
}
