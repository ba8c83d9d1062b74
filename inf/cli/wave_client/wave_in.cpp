#include "inf/cli/wave_client/wave_in.h"

#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::cli {

WaveIn::WaveIn(const dsp::Format& format, std::size_t blocks, std::size_t block_frames)
    : format_(format), queue_(blocks, block_frames * format.bytes_per_frame()) {}

void WaveIn::close() {
  if (wave_ == nullptr) return;
  waveInReset(wave_);
  for (Block& block : queue_.blocks()) waveInUnprepareHeader(wave_, &block.header, sizeof(WAVEHDR));
  waveInClose(wave_);
  wave_ = nullptr;
}

MMRESULT WaveIn::open() {
  const WAVEFORMATEXTENSIBLE format = wave_format(format_);
  const MMRESULT result =
      waveInOpen(&wave_, 0, &format.Format, reinterpret_cast<DWORD_PTR>(&WaveIn::on_message),
                 reinterpret_cast<DWORD_PTR>(this), CALLBACK_FUNCTION);
  if (result == MMSYSERR_NOERROR) {
    prepare();
  } else {
    wave_ = nullptr;
  }
  return result;
}

void WaveIn::prepare() {
  for (Block& block : queue_.blocks()) waveInPrepareHeader(wave_, &block.header, sizeof(WAVEHDR));
}

std::size_t WaveIn::suit_device() {
  const std::size_t blocks = enough_blocks(queue_, format_, statistics());
  if (blocks == queue_.blocks().size()) return blocks;
  for (Block& block : queue_.blocks()) waveInUnprepareHeader(wave_, &block.header, sizeof(WAVEHDR));
  queue_.set_blocks(blocks);
  prepare();
  return blocks;
}

void WaveIn::start() {
  recycle();
  if (waveInStart(wave_) != MMSYSERR_NOERROR)
    throw Failure("the driver could not start recording; try again");
}

void WaveIn::stop() {
  waveInStop(wave_);
  waveInReset(wave_);
}

Block* WaveIn::wait(std::int64_t timeout_us) {
  if (!done_.wait(timeout_us)) return nullptr;
  return &queue_.blocks()[static_cast<std::size_t>(taken_++ % queue_.blocks().size())];
}

MMRESULT WaveIn::try_recycle() {
  while (pending() < queue_.blocks().size()) {
    WAVEHDR& header = queue_.next().header;
    queue_.mark_sent();
    const MMRESULT result = waveInAddBuffer(wave_, &header, sizeof header);
    if (result == MMSYSERR_NOERROR) continue;
    queue_.unmark_sent();
    return result;
  }
  return MMSYSERR_NOERROR;
}

void WaveIn::recycle() {
  const MMRESULT result = try_recycle();
  if (result != MMSYSERR_NOERROR)
    throw Failure("the driver refused a block: " + wave_error_text(result) +
                  "; try again, and report it if it happens again");
}

std::optional<REFWAVE_STATISTICS> WaveIn::ask(DWORD_PTR more) const {
  return statistics_by([&](REFWAVE_STATISTICS* to) {
    return waveInMessage(wave_, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(to), more);
  });
}

void CALLBACK WaveIn::on_message(HWAVEIN, UINT message, DWORD_PTR self, DWORD_PTR, DWORD_PTR) {
  auto* stream = reinterpret_cast<WaveIn*>(self);
  if (message == WIM_DATA) stream->queue_.mark_returned(stream->done_, hal::monotonic_now_ns());
}

}  // namespace refwave::cli
