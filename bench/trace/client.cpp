#include "bench/trace/client.h"

#include "driver/cli/console/failure.h"
#include "driver/cli/wave_client/wave_format.h"
#include "hal/system/clock.h"

namespace refwave::trace {

TracedStream::TracedStream(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
                           cli::BlockQueue::Semaphore& done)
    : format_(format), blocks_(blocks), done_(done), stamps_(2 * blocks) {
  for (cli::Block& block : blocks_) {
    block.memory.resize(block_frames * format.bytes_per_frame());
    block.header.lpData = reinterpret_cast<LPSTR>(block.memory.data());
    block.header.dwBufferLength = static_cast<DWORD>(block.memory.size());
  }
}

TracedStream::~TracedStream() {
  if (wave_ == nullptr) return;
  waveOutReset(wave_);
  for (cli::Block& block : blocks_) waveOutUnprepareHeader(wave_, &block.header, sizeof(WAVEHDR));
  waveOutClose(wave_);
}

MMRESULT TracedStream::open() {
  const WAVEFORMATEXTENSIBLE format = cli::wave_format(format_);
  const MMRESULT result =
      waveOutOpen(&wave_, 0, &format.Format, reinterpret_cast<DWORD_PTR>(&TracedStream::on_message),
                  reinterpret_cast<DWORD_PTR>(this), CALLBACK_FUNCTION);
  if (result != MMSYSERR_NOERROR) return wave_ = nullptr, result;
  for (cli::Block& block : blocks_) waveOutPrepareHeader(wave_, &block.header, sizeof(WAVEHDR));
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  waveOutMessage(wave_, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0);
  slot_ = static_cast<std::uint16_t>(statistics.dwSlot);
  return result;
}

void TracedStream::refill(std::vector<ClientStamp>& writes) {
  while (sent_ - returned_.load(std::memory_order_acquire) < blocks_.size()) {
    WAVEHDR& header = blocks_[sent_ % blocks_.size()].header;
    const std::int64_t entered_ns = hal::monotonic_now_ns();
    const MMRESULT result = waveOutWrite(wave_, &header, sizeof header);
    const std::int64_t left_ns = hal::monotonic_now_ns();
    if (result != MMSYSERR_NOERROR) {
      throw cli::Failure("the driver refused a block (error " + std::to_string(result) +
                         "); try again, and report it if it stays so");
    }
    writes.push_back({slot_, sent_++, entered_ns, left_ns});
  }
}

void TracedStream::take_callbacks(std::vector<ClientStamp>& callbacks) {
  const std::uint32_t end = stamped_.load(std::memory_order_acquire);  // pairs with block_is_back()
  for (; taken_ != end; ++taken_) callbacks.push_back(stamps_[taken_ % stamps_.size()]);
}

void CALLBACK TracedStream::on_message(HWAVEOUT, UINT message, DWORD_PTR self, DWORD_PTR, DWORD_PTR) {
  // First of all, because this is where a block's latency ends.
  const std::int64_t entered_ns = hal::monotonic_now_ns();
  if (message == WOM_DONE) reinterpret_cast<TracedStream*>(self)->block_is_back(entered_ns);
}

/// The callbacks of a stream come one after the other. There is room for the stamp: the blocks in flight and
/// those of which the stamps have not been taken are no more than twice the blocks.
void TracedStream::block_is_back(std::int64_t entered_ns) {
  const std::uint32_t block = returned_.load(std::memory_order_relaxed);
  returned_.store(block + 1, std::memory_order_release);  // pairs with refill(): the header is the client's
  done_.signal();
  stamps_[block % stamps_.size()] = {slot_, block, entered_ns, hal::monotonic_now_ns()};
  stamped_.store(block + 1, std::memory_order_release);  // pairs with take_callbacks()
}

}  // namespace refwave::trace
