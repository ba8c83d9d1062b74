// refwave's resampler beside libsamplerate's, by quality: the time for 10 ms of stereo from 44.1 to 48 kHz,
// and the delay.
#include <cmath>
#include <vector>

#include "bench/benchmarks/common/samples.h"
#include "bench/benchmarks/resampling/converters.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kIn = 441;
constexpr std::size_t kOut = 480;
constexpr Rates kUp = {44'100, 48'000};

struct Quality {
  const char* name;
  dsp::Quality value;
};
constexpr Quality kQualities[] = {
    {"fastest", dsp::Quality::fastest}, {"medium", dsp::Quality::medium}, {"best", dsp::Quality::best}};

using Make = std::unique_ptr<Converter> (*)(std::uint16_t channels, Rates rates, dsp::Quality quality);

/// Each step makes 480 frames.
class Blocks {
 public:
  Blocks(Make make, dsp::Quality quality) : converter_(make(2, kUp, quality)), in_(kIn * 4), out_(kOut * 2) {
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] = std::sin(static_cast<float>(i) * 0.05F);
    for (int block = 0; block < 10; ++block) step();
  }
  double step() {
    return loop_ns(1, [&] {
      for (std::size_t made = 0; made < kOut;) {
        made += converter_->process(in_.data(), kIn, out_.data(), kOut - made).out_made;
      }
      benchmark::ClobberMemory();
    });
  }

 private:
  const std::unique_ptr<Converter> converter_;
  std::vector<float> in_;
  std::vector<float> out_;
};

/// Returns: the frames that go in, one by one, before the first comes out.
double delay_of(Make make, dsp::Quality quality) {
  const auto converter = make(1, kUp, quality);
  const float silence = 0;
  float out = 0;
  double fed = 0;
  while (converter->process(&silence, 1, &out, 1).out_made == 0) ++fed;
  return fed;
}

void add_quality(const Quality& quality, const char* by, Make make) {
  add(std::string("resampling/") + by + "/" + quality.name, 1,
      [make, value = quality.value](benchmark::State& state) {
        state.counters["delay"] = delay_of(make, value);
        return [blocks = std::make_unique<Blocks>(make, value)] { return blocks->step(); };
      });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const auto& quality : kQualities) {
    add_quality(quality, "refwave", refwave_converter);
    add_quality(quality, "libsamplerate", libsamplerate_converter);
  }
  return run(argc, argv);
}
