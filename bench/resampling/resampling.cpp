// 10 ms of stereo from 44.1 to 48 kHz, by quality, beside copying what comes out. PortAudio has no resampler
// to stand beside it.
#include <cmath>
#include <vector>

#include "bench/common/baselines.h"
#include "bench/common/run.h"
#include "bench/common/samples.h"
#include "dsp/resampler.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kIn = 441;
constexpr std::size_t kOut = 480;

void resample(benchmark::State& state, const std::string& name, dsp::Quality quality) {
  const auto resampler = dsp::Resampler::make(2, 44'100, 48'000, quality);
  std::vector<float> in(kIn * 2);
  std::vector<float> out(kOut * 2);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = std::sin(static_cast<float>(i) * 0.05F);
  Samples samples(name, state.max_iterations);
  for (auto _ : state) {
    samples.add(loop_ns(1, [&] {
      resampler->process(in.data(), kIn, out.data(), kOut);
      benchmark::ClobberMemory();
    }));
  }
  state.counters["delay_frames"] = resampler->delay_frames();
  samples.report(state);
}

void add_quality(const char* name, dsp::Quality quality) {
  add(std::string("resampling/44100_to_48000/quality:") + name,
      [quality](benchmark::State& state, const std::string& full) { resample(state, full, quality); });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave;
  bench::register_memcpy(bench::kOut * 2 * sizeof(float));
  bench::add_quality("fastest", dsp::Quality::fastest);
  bench::add_quality("medium", dsp::Quality::medium);
  bench::add_quality("best", dsp::Quality::best);
  return bench::run(argc, argv);
}
