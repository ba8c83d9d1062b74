// refwave's resampler beside libsamplerate's, by quality: the time for 10 ms of stereo from 44.1 to 48 kHz,
// block by block in turns, the delay, and what becomes of sines.
#include <cmath>
#include <vector>

#include "bench/benchmarks/common/baselines.h"
#include "bench/benchmarks/common/memory_copy.h"
#include "bench/benchmarks/common/samples.h"
#include "bench/benchmarks/resampling/quality/converters.h"

namespace refwave::bench {
namespace {

constexpr std::size_t kIn = 441;
constexpr std::size_t kOut = 480;
constexpr Rates kUp = {44'100, 48'000};
constexpr Rates kDown = {48'000, 44'100};

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

void time_both(benchmark::State& state, const std::string& name, dsp::Quality quality) {
  Blocks refwave(refwave_converter, quality);
  Blocks libsamplerate(libsamplerate_converter, quality);
  Samples refwaves(name, most_iterations(state));
  Samples libsamplerates(name, most_iterations(state));
  in_turns(state, refwave, refwaves, libsamplerate, libsamplerates);
  state.counters["delay_frames"] = delay_of(refwave_converter, quality);
  state.counters["libsamplerate_delay_frames"] = delay_of(libsamplerate_converter, quality);
  refwaves.report(state);
  libsamplerates.report(state, "libsamplerate_");
}

/// Returns: the median ns of some steps.
template <typename Side>
double usual_ns(Side& side) {
  Samples samples("", 101);
  for (int step = 0; step < 101; ++step) samples.add(side.step());
  return samples.percentile(0.5);
}

/// How far p99 is from the median, of refwave's blocks and of copies that take as long, in turns. The copies
/// are the same work every time: what their p99 shows is the machine.
void time_beside_copy(benchmark::State& state, const std::string& name, dsp::Quality quality) {
  constexpr std::size_t kBytes = kOut * 2 * sizeof(float);
  Blocks refwave(refwave_converter, quality);
  MemoryCopy one(kBytes, 100);
  const double passes = usual_ns(refwave) / usual_ns(one);
  MemoryCopy copy(kBytes, static_cast<std::size_t>(passes) + 1);
  Samples refwaves(name, most_iterations(state));
  Samples copies(name, most_iterations(state));
  in_turns(state, refwave, refwaves, copy, copies);
  refwaves.report(state);
  copies.report(state, "copy_");
  state.counters["p99_in_medians"] = refwaves.percentile(0.99) / refwaves.percentile(0.5);
  state.counters["copy_p99_in_medians"] = copies.percentile(0.99) / copies.percentile(0.5);
}

/// Effects: counters `<prefix>residual_<Hz>` and so on, each in dB.
void measure(benchmark::State& state, const std::string& prefix, Make make, Rates rates,
             dsp::Quality quality) {
  const Conversion convert = [=](const std::vector<float>& in) {
    return converted(*make(1, rates, quality), in, rates);
  };
  for (const int hz : {997, 10'000, 18'000})
    state.counters[prefix + "residual_" + std::to_string(hz)] = sine_through(convert, rates, hz).residual_db;
  state.counters[prefix + "ripple_to_18000"] = sweep_through(convert, rates, 18'000, 36).ripple_db;
  const SweepThrough wide = sweep_through(convert, rates, 20'000, 40);
  state.counters[prefix + "ripple_to_20000"] = wide.ripple_db;
  state.counters[prefix + "sweep_residual"] = wide.residual_db;
}

void add_quality(const Quality& quality) {
  const std::string suffix = std::string("/quality:") + quality.name;
  add("resampling/44100_to_48000" + suffix,
      [value = quality.value](benchmark::State& state, const std::string& full) {
        time_both(state, full, value);
      });
  add("resampling/beside_a_copy" + suffix,
      [value = quality.value](benchmark::State& state, const std::string& full) {
        time_beside_copy(state, full, value);
      });
  for (const Rates rates : {kUp, kDown}) {
    add("resampling/sines/" + std::to_string(rates.in) + "_to_" + std::to_string(rates.out) + suffix,
        [value = quality.value, rates](benchmark::State& state, const std::string&) {
          for (auto _ : state) {
          }
          measure(state, "", refwave_converter, rates, value);
          measure(state, "libsamplerate_", libsamplerate_converter, rates, value);
        })
        ->Iterations(1);
  }
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave;
  bench::register_memcpy(bench::kOut * 2 * sizeof(float));
  for (const auto& quality : bench::kQualities) bench::add_quality(quality);
  return bench::run(argc, argv);
}
