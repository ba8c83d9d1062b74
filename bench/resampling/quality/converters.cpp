#include "bench/resampling/quality/converters.h"

#include <samplerate.h>

#include <algorithm>
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
    if (step.in_used + step.out_made == 0) throw std::runtime_error("a converter stands still");
    used += step.in_used;
    made += step.out_made;
  }
  return out;
}

}  // namespace refwave::bench
