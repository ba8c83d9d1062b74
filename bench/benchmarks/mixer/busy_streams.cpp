#include "bench/benchmarks/mixer/busy_streams.h"
#include "hal/system/clock.h"

namespace refwave::bench {
namespace {

constexpr std::uint32_t kEpoch = 1;
constexpr std::int16_t kValue = 100;

}  // namespace

BusyStreams::BusyStreams(std::size_t streams, std::uint32_t period_frames, std::uint32_t rate)
    : period_frames_(period_frames),
      client_{.type = kDevice.type, .channels = kDevice.channels, .rate = rate},
      clients_(streams),
      out_(std::size_t{period_frames} * kDevice.channels),
      mixer_(table_, membership_, kEpoch, core::Completion::deferred, kDevice,
             std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU)) {
  for (std::size_t i = 0; i < streams; ++i) open(i);
}

void BusyStreams::open(std::size_t index) {
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

void BusyStreams::write(std::size_t index, core::ClientHeader& header, const std::int16_t* samples) {
  header.flags = core::kInQueue;
  table_->streams[index].audio().ring().push(
      {.header = &header,
       .data = reinterpret_cast<std::byte*>(const_cast<std::int16_t*>(samples)),
       .frames = period_frames_,
       .done_flags = core::kDone});
}

void BusyStreams::render() noexcept {
  mixer_.render(reinterpret_cast<std::byte*>(out_.data()),
                {.frames = period_frames_, .monotonic_ns = hal::monotonic_now_ns()}, core::Stack::known);
}

std::size_t BusyStreams::answer() {
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

}  // namespace refwave::bench
