// One period of the mix, by number of streams, hot in the cache and without a wake-up: the audio thread's
// bare work. Beside it the copying of all bytes that the mix reads. PortAudio has no mixer.
#include "bench/common/baselines.h"
#include "bench/common/run.h"
#include "bench/common/samples.h"
#include "bench/mixer/room.h"

namespace refwave::bench {
namespace {

constexpr std::uint32_t kPeriod = 480;
constexpr std::size_t kStreams[] = {1, 8, 64};

void mix(benchmark::State& state, const std::string& name, std::size_t streams) {
  Room room(streams, kPeriod);
  Samples samples(name, state.max_iterations);
  for (auto _ : state) {
    samples.add(loop_ns(1, [&] { room.render(); }));
    if (room.answer() != streams) state.SkipWithError("not every stream had a block done");
    room.waker().sleep_until_role();  // no sleep: the role has come already
    room.waker().give_up_role();
  }
  samples.report(state);
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const std::size_t streams : kStreams) {
    register_memcpy(streams * kPeriod * kDevice.bytes_per_frame());
    add("mixer/streams:" + std::to_string(streams) + "/period:" + std::to_string(kPeriod) + "/type:s16",
        [streams](benchmark::State& state, const std::string& name) { mix(state, name, streams); });
  }
  return run(argc, argv);
}
