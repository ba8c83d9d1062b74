// The audio callback at its pace, the notifier asleep on the other core: its time, by streams and period,
// with the wake that it ends with; and its system calls.
#include <map>

#include "bench/audio_callback/period.h"
#include "bench/audio_callback/system_calls.h"
#include "bench/common/run.h"
#include "bench/common/samples.h"

namespace refwave::bench {
namespace {

constexpr int kCountedPeriods = 50;

void report_system_calls(benchmark::State& state, std::size_t streams, std::uint32_t period) {
  static std::map<std::pair<std::size_t, std::uint32_t>, std::optional<long>>
      known;  // a benchmark runs several times
  const auto [place, is_new] = known.try_emplace({streams, period});
  if (is_new) {
    place->second = count_system_calls([&](const std::function<void()>& mark) {
      Periods periods(streams, period);
      for (int i = 0; i <= kCountedPeriods; ++i) {
        periods.wait();
        if (i == 0) mark();
        periods.render();
      }
      mark();
    });
  }
  if (place->second)
    state.counters["system_calls"] = static_cast<double>(*place->second) / (kCountedPeriods + 1);
  else
    state.SetLabel("system calls: n/a");
}

void audio_callback(benchmark::State& state, const std::string& name, std::size_t streams,
                    std::uint32_t period) {
  report_system_calls(state, streams, period);
  Periods periods(streams, period);
  Samples samples(name, most_iterations(state));
  for (auto _ : state) {
    periods.wait();
    samples.add(loop_ns(1, [&] { periods.render(); }));
  }
  samples.report(state);
  constexpr int kSoon = 10;  // the notifier answers while the next period is rendered
  if (state.iterations() > kSoon && periods.answered() == 0) state.SkipWithError("no block was done");
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const std::size_t streams : {1U, 8U, 64U}) {
    for (const std::uint32_t period : {64U, 480U}) {
      add_events("audio_callback/streams:" + std::to_string(streams) + "/period:" + std::to_string(period),
                 [streams, period](benchmark::State& state, const std::string& name) {
                   audio_callback(state, name, streams, period);
                 });
    }
  }
  return run(argc, argv);
}
