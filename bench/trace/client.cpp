#include "bench/trace/client.h"

#include "hal/system/clock.h"

namespace refwave::trace {

TracedStream::TracedStream(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
                           cli::BlockQueue::Semaphore& done)
    : stamps_(2 * blocks + 1), wave_(format, blocks, block_frames, done) {
  // The callbacks of a stream come one after the other. There is room for the stamp: when stamps were taken
  // last, those in flight had none, nor had one that was just back; the refill since then has sent each block
  // at most once.
  wave_.at_end_of_callback = [this](const WAVEHDR*, std::int64_t entered_ns) {
    const std::uint32_t block = stamped_.load(std::memory_order_relaxed);
    stamps_[block % stamps_.size()] = {slot_, block, entered_ns, hal::monotonic_now_ns()};
    stamped_.store(block + 1, std::memory_order_release);  // pairs with take_callbacks()
  };
}

MMRESULT TracedStream::open() {
  const MMRESULT result = wave_.open();
  if (result != MMSYSERR_NOERROR) return result;
  if (const auto statistics = wave_.statistics()) slot_ = static_cast<std::uint16_t>(statistics->dwSlot);
  return result;
}

void TracedStream::refill(std::vector<ClientStamp>& writes) {
  cli::BlockQueue& queue = wave_.queue();
  // Not those that come back meanwhile: of a device that is behind that may be any number.
  for (std::size_t n = queue.blocks().size() - queue.outstanding(); n > 0; --n) {
    const auto block = static_cast<std::uint32_t>(queue.sent());
    const std::int64_t entered_ns = hal::monotonic_now_ns();
    wave_.write(queue.next().memory.size());
    writes.push_back({slot_, block, entered_ns, hal::monotonic_now_ns()});
  }
}

void TracedStream::take_callbacks(std::vector<ClientStamp>& callbacks) {
  const std::uint32_t end = stamped_.load(std::memory_order_acquire);  // pairs with the callback
  for (; taken_ != end; ++taken_) callbacks.push_back(stamps_[taken_ % stamps_.size()]);
}

}  // namespace refwave::trace
