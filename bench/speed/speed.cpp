// The price of a playback rate and a pitch: 10 ms of stereo at 48 kHz, block by block, by quality.
#include <cmath>
#include <string>
#include <vector>

#include "bench/common/baselines.h"
#include "bench/common/run.h"
#include "bench/common/samples.h"
#include "dsp/speed/speed.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kOut = 480;
constexpr std::size_t kIn = 2'000;

struct Quality {
  const char* name;
  dsp::Quality value;
};
constexpr Quality kQualities[] = {
    {"fastest", dsp::Quality::fastest}, {"medium", dsp::Quality::medium}, {"best", dsp::Quality::best}};

struct Setting {
  const char* name;
  double rate;
  double pitch;
};
constexpr Setting kSettings[] = {{"rate:1/pitch:1", 1, 1},
                                 {"rate:0.5/pitch:1", 0.5, 1},
                                 {"rate:2/pitch:1", 2, 1},
                                 {"rate:1/pitch:0.5", 1, 0.5},
                                 {"rate:1/pitch:2", 1, 2}};

dsp::Factor factor(double times) { return static_cast<dsp::Factor>(times * dsp::kUnity); }

/// Returns: a chord, so that segments have to be searched.
std::vector<float> chord() {
  std::vector<float> samples(48'000 * 2);
  for (std::size_t frame = 0; frame < samples.size() / 2; ++frame) {
    const auto angle = static_cast<float>(frame) * 0.0131F;
    const float sum = (std::sin(angle * 3) + std::sin(angle * 4.1F) + std::sin(angle * 5.3F)) / 4;
    samples[frame * 2] = samples[frame * 2 + 1] = sum;
  }
  return samples;
}

void change(benchmark::State& state, const std::string& name, const Setting& setting, dsp::Quality quality) {
  const auto speed = dsp::Speed::make(2, 48'000, quality);
  if (!speed || !speed->prepare(factor(setting.rate), factor(setting.pitch))) {
    state.SkipWithError("no memory");
    return;
  }
  speed->set(factor(setting.rate), factor(setting.pitch));
  const std::vector<float> in = chord();
  std::vector<float> out(kOut * 2);
  Samples samples(name, most_iterations(state));
  std::size_t at = 0;
  for (auto _ : state) {
    samples.add(loop_ns(1, [&] {
      at = at + kIn < in.size() / 2 ? at : 0;
      at += speed->process(in.data() + at * 2, kIn, out.data(), kOut).in_used;
      benchmark::ClobberMemory();
    }));
  }
  state.counters["delay_frames"] = speed->delay_frames();
  samples.report(state);
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave;
  bench::register_memcpy(bench::kOut * 2 * sizeof(float));
  for (const auto& quality : bench::kQualities) {
    for (const auto& setting : bench::kSettings)
      bench::add(std::string("speed/") + setting.name + "/quality:" + quality.name,
                 [setting, value = quality.value](benchmark::State& state, const std::string& name) {
                   bench::change(state, name, setting, value);
                 });
  }
  return bench::run(argc, argv);
}
