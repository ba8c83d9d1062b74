#include "bench/benchmarks/resampling/converters.h"

#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "dsp/resampler.h"

namespace refwave::bench {
namespace {

class Refwave final : public Converter {
 public:
  explicit Refwave(std::unique_ptr<dsp::Resampler> resampler) : resampler_(std::move(resampler)) {
    if (!resampler_) throw std::runtime_error("refwave has no such resampler");
  }
  Step process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) override {
    const auto step = resampler_->process(in, in_frames, out, out_frames);
    return {step.in_used, step.out_made};
  }

 private:
  const std::unique_ptr<dsp::Resampler> resampler_;
};

class Libsamplerate final : public Converter {
 public:
  Libsamplerate(int kind, int channels, Rates rates)
      : state_(src_new(kind, channels, nullptr)), ratio_(static_cast<double>(rates.out) / rates.in) {
    if (state_ == nullptr) throw std::runtime_error("libsamplerate has no such converter");
  }
  ~Libsamplerate() override { src_delete(state_); }
  Libsamplerate(const Libsamplerate&) = delete;
  Libsamplerate& operator=(const Libsamplerate&) = delete;

  Step process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) override {
    SRC_DATA data = {};
    data.data_in = in;
    data.data_out = out;
    data.input_frames = static_cast<long>(in_frames);
    data.output_frames = static_cast<long>(out_frames);
    data.src_ratio = ratio_;
    src_process(state_, &data);
    return {static_cast<std::size_t>(data.input_frames_used),
            static_cast<std::size_t>(data.output_frames_gen)};
  }

 private:
  SRC_STATE* const state_;
  const double ratio_;
};

constexpr int kKinds[] = {SRC_SINC_FASTEST, SRC_SINC_MEDIUM_QUALITY, SRC_SINC_BEST_QUALITY};

constexpr double kAmplitude = 0.99;
constexpr double kSeconds = 0.25;

double angle_at(std::size_t frame, double hz, std::uint32_t rate) {
  return 2 * std::numbers::pi * hz * static_cast<double>(frame) / rate;
}

std::vector<float> sine(double hz, std::uint32_t rate) {
  std::vector<float> samples(static_cast<std::size_t>(kSeconds * rate));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<float>(kAmplitude * std::sin(angle_at(i, hz, rate)));
  return samples;
}

/// A sine as the sum of two: of that share in phase, and a quarter of a period ahead.
struct Sine {
  double in_phase;
  double quadrature;
};

/// Returns: the sine that is nearest to the signal (least squares).
Sine fit(const std::vector<float>& signal, std::size_t begin, std::size_t end, double hz,
         std::uint32_t rate) {
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double s = std::sin(angle_at(i, hz, rate));
    const double c = std::cos(angle_at(i, hz, rate));
    ss += s * s;
    cc += c * c;
    sc += s * c;
    xs += signal[i] * s;
    xc += signal[i] * c;
  }
  const double determinant = ss * cc - sc * sc;
  return {(xs * cc - xc * sc) / determinant, (xc * ss - xs * sc) / determinant};
}

}  // namespace

std::unique_ptr<Converter> refwave_converter(std::uint16_t channels, Rates rates, dsp::Quality quality) {
  return std::make_unique<Refwave>(dsp::Resampler::make(channels, rates.in, rates.out, quality));
}

std::unique_ptr<Converter> libsamplerate_converter(std::uint16_t channels, Rates rates,
                                                   dsp::Quality quality) {
  return std::make_unique<Libsamplerate>(kKinds[static_cast<std::size_t>(quality)], channels, rates);
}

std::vector<float> converted(Converter& converter, std::vector<float> in, Rates rates) {
  const std::size_t length = in.size() * rates.out / rates.in;
  in.resize(in.size() + 10'000 + in.size() / 4);
  std::vector<float> out(length);
  std::size_t used = 0;
  for (std::size_t made = 0; made < length;) {
    const auto step = converter.process(in.data() + used, in.size() - used, out.data() + made,
                                        std::min<std::size_t>(480, length - made));
    if (step.in_used + step.out_made == 0)
      throw std::runtime_error("a converter neither takes nor makes frames");
    used += step.in_used;
    made += step.out_made;
  }
  return out;
}

SineThrough sine_through(const Conversion& convert, Rates rates, double hz) {
  const std::vector<float> out = convert(sine(hz, rates.in));
  const std::size_t begin = out.size() / 4;
  const std::size_t end = out.size() * 3 / 4;
  const Sine found = fit(out, begin, end, hz, rates.out);
  double residual = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double angle = angle_at(i, hz, rates.out);
    const double rest = out[i] - found.in_phase * std::sin(angle) - found.quadrature * std::cos(angle);
    residual += rest * rest;
  }
  const double amplitude = std::hypot(found.in_phase, found.quadrature);
  const double power = amplitude * amplitude / 2 * static_cast<double>(end - begin);
  return {.level_db = 20 * std::log10(amplitude / kAmplitude),
          .residual_db = 10 * std::log10(residual / power),
          .phase = std::atan2(found.quadrature, found.in_phase)};
}

SweepThrough sweep_through(const Conversion& convert, Rates rates, double to_hz, int steps) {
  constexpr double kFromHz = 20;
  SweepThrough worst = {.ripple_db = 0, .residual_db = -1000};
  for (int step = 0; step <= steps; ++step) {
    const double hz = kFromHz + (to_hz - kFromHz) * step / steps;
    const SineThrough found = sine_through(convert, rates, hz);
    worst.ripple_db = std::max(worst.ripple_db, std::abs(found.level_db));
    worst.residual_db = std::max(worst.residual_db, found.residual_db);
  }
  return worst;
}

}  // namespace refwave::bench
