// One period of the mix, by number of streams, hot in the cache and without a wake-up: the audio thread's
// bare work. Beside it the copying of all bytes that the mix reads, and for streams of another rate
// libsamplerate's work alone. PortAudio has no mixer.
#include "bench/benchmarks/common/baselines.h"
#include "bench/benchmarks/common/samples.h"
#include "bench/benchmarks/mixer/busy_streams.h"
#include "bench/benchmarks/resampling/converters.h"

namespace refwave::bench {
namespace {

struct Case {
  std::size_t streams;
  std::uint32_t period;
  std::uint32_t rate;
};
constexpr Case kUsual[] = {{1, 480, 48'000}, {8, 480, 48'000}, {64, 480, 48'000}};
constexpr std::size_t kCrowds[] = {1, 2, 4, 8, 16, 32, 64, 128, 256};
constexpr std::uint32_t kShort = 128;  // frames of a period for the table of crowds
constexpr Rates kUp = {44'100, 48'000};

/// Effects: counters of the median: of one stream, and of one core if such periods follow each other.
void report_share(benchmark::State& state, const Case& what) {
  const double p50 = state.counters["p50"];
  state.counters["ns_a_stream"] = p50 / static_cast<double>(what.streams);
  state.counters["core_percent"] = p50 / (1e9 * what.period / kDevice.rate) * 100;
}

void mix(benchmark::State& state, const std::string& name, const Case& what) {
  BusyStreams streams(what.streams, what.period, what.rate);
  Samples samples(name, most_iterations(state));
  for (auto _ : state) {
    samples.add(loop_ns(1, [&] { streams.render(); }));
    const std::size_t done = streams.answer();
    if (what.rate == kDevice.rate && done != what.streams)
      state.SkipWithError("not every stream had a block done");
    if (done == 0) continue;             // no notifier was woken
    streams.waker().sleep_until_role();  // does not sleep: the role is there
    streams.waker().give_up_role();
  }
  samples.report(state);
  report_share(state, what);
}

/// The resampling of as many streams as in the mix, and nothing else.
void resample(benchmark::State& state, const std::string& name, const Case& what) {
  std::vector<std::unique_ptr<Converter>> converters;
  for (std::size_t i = 0; i < what.streams; ++i)
    converters.push_back(libsamplerate_converter(2, kUp, dsp::Quality::medium));
  std::vector<float> in(std::size_t{what.period} * 2, 0.1F);
  std::vector<float> out(in.size());
  Samples samples(name, most_iterations(state));
  for (auto _ : state) {
    samples.add(loop_ns(1, [&] {
      for (const auto& converter : converters) {
        for (std::size_t made = 0; made < what.period;)
          made += converter->process(in.data(), what.period, out.data(), what.period - made).out_made;
      }
    }));
  }
  samples.report(state);
  report_share(state, what);
}

std::string name_of(const char* what, const Case& one) {
  const std::string rate = one.rate == kDevice.rate ? "" : "/rate:" + std::to_string(one.rate);
  return std::string(what) + "/streams:" + std::to_string(one.streams) +
         "/period:" + std::to_string(one.period) + "/type:s16" + rate;
}

void add_mix(const Case& one) {
  add(name_of("mixer", one),
      [one](benchmark::State& state, const std::string& name) { mix(state, name, one); });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const Case& one : kUsual) {
    register_memcpy(one.streams * one.period * kDevice.bytes_per_frame());
    add_mix(one);
  }
  register_memcpy(64 * kShort * kDevice.bytes_per_frame());
  for (const std::size_t streams : kCrowds) {
    add_mix({streams, kShort, kDevice.rate});
    add_mix({streams, kShort, kUp.in});
  }
  const Case crowd = {64, kShort, kUp.in};
  add(name_of("libsamplerate", crowd),
      [crowd](benchmark::State& state, const std::string& name) { resample(state, name, crowd); });
  return run(argc, argv);
}
