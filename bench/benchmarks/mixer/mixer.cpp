// One period of the mix, by number of streams, hot in the cache and without a wake-up: the audio thread's
// bare work. PortAudio has no mixer to compare with.
#include <deque>
#include <memory>
#include <vector>

#include "bench/benchmarks/common/samples.h"
#include "driver/core/period/device_round.h"
#include "driver/core/stream/stream.h"
#include "hal/system/clock.h"

namespace refwave::bench {
namespace {

constexpr dsp::Format kDevice{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};
constexpr std::uint32_t kPeriod = 128;  // frames

/// An audio thread's surroundings without a device: streams in their table. Each stream has a block done
/// every period, and gets it again.
class BusyStreams {
 public:
  /// `streams`: the number of 16-bit stereo streams of that rate, each with four blocks of as many frames as
  /// the device's period has.
  BusyStreams(std::size_t streams, std::uint32_t rate)
      : client_{.type = kDevice.type, .channels = kDevice.channels, .rate = rate},
        clients_(streams),
        out_(std::size_t{kPeriod} * kDevice.channels),
        mixer_(table_, membership_, kEpoch, core::Completion::deferred, kDevice,
               std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU)) {
    for (std::size_t i = 0; i < streams; ++i) open(i);
  }

  /// Effects: renders one period.
  void render() noexcept {
    mixer_.render(reinterpret_cast<std::byte*>(out_.data()),
                  {.frames = kPeriod, .monotonic_ns = hal::monotonic_now_ns()});
  }

  /// Effects: takes the messages of all ready streams, and queues their blocks again. Returns: the number of
  /// blocks.
  std::size_t answer() {
    std::size_t answered = 0;
    while (const auto index = table_->ready.find()) {
      if (!table_->ready.claim(*index)) continue;
      core::Stream& stream = table_->streams[*index];
      if (!stream.delivery.hold()) continue;
      do {
        while (const auto block = stream.take()) {
          write(*index, *block->header, reinterpret_cast<const std::int16_t*>(block->data));
          ++answered;
        }
      } while (stream.delivery.release());
    }
    return answered;
  }

  core::Waker& waker() noexcept { return table_->waker; }

 private:
  static constexpr std::uint32_t kBlocks = 4;
  static constexpr std::uint32_t kEpoch = 1;
  static constexpr std::int16_t kValue = 100;

  struct Client {
    std::vector<core::ClientHeader> headers;
    std::vector<std::int16_t> samples;
  };

  void open(std::size_t index) {
    core::Stream& stream = table_->streams[index];
    Client& client = clients_[index];
    stream.furnish(hal::Direction::output, client_, 64, core::Done::consumed);
    stream.audio().exchange_pipeline(core::Pipeline::make(client_, kDevice, dsp::Quality::medium));
    client.headers.resize(kBlocks);
    client.samples.assign(std::size_t{kBlocks} * out_.size(), kValue);
    for (std::size_t i = 0; i < kBlocks; ++i)
      write(index, client.headers[i], client.samples.data() + i * out_.size());
    stream.audio().move_to(kEpoch, core::Timed::every_block);
    stream.delivery.claim();
    stream.delivery.publish();
    membership_->add(index);
  }

  void write(std::size_t index, core::ClientHeader& header, const std::int16_t* samples) {
    header.flags = core::kInQueue;
    table_->streams[index].audio().ring().push(
        {.header = &header,
         .data = reinterpret_cast<std::byte*>(const_cast<std::int16_t*>(samples)),
         .frames = kPeriod,
         .done_flags = core::kDone});
  }

  const dsp::Format client_;
  const std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  const std::shared_ptr<core::MembershipMask> membership_ = std::make_shared<core::MembershipMask>();
  std::deque<Client> clients_;
  std::vector<std::int16_t> out_;
  core::Mixer mixer_;
};

struct Case {
  std::size_t streams;
  std::uint32_t rate;
};
constexpr std::size_t kCrowds[] = {1, 8, 64, 256};

/// Returns: the ns of a period's mix; the blocks that it has done are written again.
double mix(benchmark::State& state, const Case& what, BusyStreams& streams) {
  const double ns = loop_ns(1, [&] { streams.render(); });
  const std::size_t done = streams.answer();
  if (what.rate == kDevice.rate && done != what.streams)
    state.SkipWithError("not every stream had a block done");
  if (done != 0) {
    streams.waker().sleep_until_role();  // does not sleep: the role is there
    streams.waker().give_up_role();
  }
  return ns;
}

std::string name_of(const Case& one) {
  return "mixer/refwave/" + std::to_string(one.rate) + "/x" + std::to_string(one.streams);
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  for (const std::size_t streams : kCrowds) {
    for (const std::uint32_t rate : {kDevice.rate, 44'100U}) {
      const Case one = {streams, rate};
      add(name_of(one), 1, [one](benchmark::State& state) {
        return [one, &state, streams = std::make_unique<BusyStreams>(one.streams, one.rate)] {
          return mix(state, one, *streams);
        };
      });
    }
  }
  return run(argc, argv);
}
