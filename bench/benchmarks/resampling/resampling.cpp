// refwave's resampler beside libsamplerate's, by quality: the time for 10 ms of stereo from 44.1 to 48 kHz,
// block by block in turns, and the delay.
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

/// One side of the comparison: each step makes 480 frames.
class Blocks {
 public:
  Blocks(Make make, dsp::Quality quality) : converter_(make(2, kUp, quality)), in_(kIn * 4), out_(kOut * 2) {
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i] = std::sin(static_cast<float>(i) * 0.05F);
    for (int block = 0; block < 10; ++block) step();
  }
  void begin() noexcept {}
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

void time_both(benchmark::State& state, dsp::Quality quality) {
  Blocks refwave(refwave_converter, quality);
  Blocks libsamplerate(libsamplerate_converter, quality);
  Samples refwaves(most_iterations(state));
  Samples libsamplerates(most_iterations(state));
  in_turns(state, refwave, refwaves, libsamplerate, libsamplerates);
  state.counters["delay_frames"] = delay_of(refwave_converter, quality);
  state.counters["libsamplerate_delay_frames"] = delay_of(libsamplerate_converter, quality);
  refwaves.report(state);
  libsamplerates.report(state, "libsamplerate_");
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const auto& quality : kQualities) {
    add(std::string("resampling/44100_to_48000/quality:") + quality.name,
        [value = quality.value](benchmark::State& state) { time_both(state, value); });
  }
  return run(argc, argv);
}
