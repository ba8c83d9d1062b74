#include "inf/cli/wave_client/wave_out.h"

#include <algorithm>
#include <cmath>

#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::cli {

WaveOut::WaveOut(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
                 BlockQueue::Semaphore& done)
    : format_(format), queue_(blocks, block_frames * format.bytes_per_frame()), done_(done) {}

void WaveOut::close() {
  if (wave_ == nullptr) return;
  repeat_until_ = 0;
  // A reset would drop the last frames in the resampler; a close plays them.
  if (queue_.outstanding() > 0) waveOutReset(wave_);
  unprepare();
  if (waveOutClose(wave_) == WAVERR_STILLPLAYING) {
    // A callback has rewritten its block.
    waveOutReset(wave_);
    waveOutClose(wave_);
  }
  wave_ = nullptr;
}

MMRESULT WaveOut::open(UINT device) {
  const WAVEFORMATEXTENSIBLE format = wave_format(format_);
  const MMRESULT result =
      waveOutOpen(&wave_, device, &format.Format, reinterpret_cast<DWORD_PTR>(&WaveOut::on_message),
                  reinterpret_cast<DWORD_PTR>(this), CALLBACK_FUNCTION);
  if (result == MMSYSERR_NOERROR) {
    prepare();
  } else {
    wave_ = nullptr;
  }
  return result;
}

void WaveOut::set_block_frames(std::size_t frames) {
  unprepare();
  queue_.set_block_bytes(frames * format_.bytes_per_frame());
  prepare();
}

std::size_t WaveOut::suit_device() {
  const std::size_t blocks = enough_blocks(queue_, format_, statistics());
  if (blocks == queue_.blocks().size()) return blocks;
  unprepare();
  queue_.set_blocks(blocks);
  prepare();
  return blocks;
}

void WaveOut::prepare() {
  for (Block& block : queue_.blocks()) waveOutPrepareHeader(wave_, &block.header, sizeof(WAVEHDR));
}

void WaveOut::unprepare() {
  for (Block& block : queue_.blocks()) waveOutUnprepareHeader(wave_, &block.header, sizeof(WAVEHDR));
}

MMRESULT WaveOut::try_write(std::size_t bytes) {
  WAVEHDR& header = queue_.next().header;
  header.dwBufferLength = static_cast<DWORD>(bytes);
  queue_.mark_sent();
  const MMRESULT result = waveOutWrite(wave_, &header, sizeof header);
  if (result != MMSYSERR_NOERROR) queue_.unmark_sent();
  return result;
}

void WaveOut::write(std::size_t bytes) {
  const MMRESULT result = try_write(bytes);
  if (result == MMSYSERR_NOERROR) return;
  throw Failure("the driver refused a block: " + wave_error_text(result) +
                "; `refwave conform` says whether it keeps the contract");
}

void WaveOut::repeat(std::uint64_t blocks) {
  due_ = 0;
  const std::uint64_t first = std::min<std::uint64_t>(blocks, queue_.blocks().size());
  pause();  // at most one period of blocks returns meanwhile, so a later callback rewrites them
  for (std::uint64_t i = 0; i < first; ++i) write(queue_.next().memory.size());
  // Pairs with came_back(): one thread at a time sends.
  repeat_until_.store(blocks, std::memory_order_release);
  resume();
}

void WaveOut::came_back(const WAVEHDR* header, std::int64_t now_ns) {
  queue_.mark_returned(done_, now_ns);
  ++due_;
  if (const std::uint64_t until = repeat_until_.load(std::memory_order_acquire); until != 0) {
    for (; due_ > 0; --due_) {
      if (queue_.sent() < until && try_write(queue_.next().memory.size()) != MMSYSERR_NOERROR) ++refused_;
    }
  }
  if (at_end_of_callback) at_end_of_callback(header, now_ns);
}

std::uint64_t WaveOut::position() {
  MMTIME time{};
  time.wType = TIME_SAMPLES;
  waveOutGetPosition(wave_, &time, sizeof time);
  return time.wType == TIME_BYTES ? bytes_.follow(time.u.cb) / format_.bytes_per_frame()
                                  : frames_.follow(time.u.sample);
}

void WaveOut::pause() { waveOutPause(wave_); }

void WaveOut::resume() { waveOutRestart(wave_); }

bool WaveOut::reset() {
  constexpr std::chrono::seconds kPatience{5};
  waveOutReset(wave_);
  frames_ = bytes_ = {};
  RunningTime waited;
  while (queue_.outstanding() > 0 && waited.so_far() < kPatience) done_.wait(kWaitMicroseconds);
  return queue_.outstanding() == 0;
}

void WaveOut::set_volume(std::uint32_t percent) {
  const DWORD side = 0xFFFFu * percent / 100;
  waveOutSetVolume(wave_, side << 16 | side);
}

void WaveOut::set_speed(double speed, double pitch) {
  const auto set = [&](auto* function, double times, const char* name) {
    if (times == 1) return;
    const MMRESULT result = function(wave_, static_cast<DWORD>(std::lround(times * 0x10000)));
    if (result != MMSYSERR_NOERROR)
      throw Failure(std::string("the driver rejected --") + name + ": " + wave_error_text(result) +
                    "; play without it");
  };
  set(waveOutSetPlaybackRate, speed, "speed");
  set(waveOutSetPitch, pitch, "pitch");
}

std::optional<REFWAVE_STATISTICS> WaveOut::ask(DWORD_PTR more) const {
  return statistics_by([&](REFWAVE_STATISTICS* to) {
    return waveOutMessage(wave_, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(to), more);
  });
}

void CALLBACK WaveOut::on_message(HWAVEOUT, UINT message, DWORD_PTR self, DWORD_PTR header, DWORD_PTR) {
  const std::int64_t now_ns = hal::monotonic_now_ns();  // first: a block's latency ends here
  if (message == WOM_DONE)
    reinterpret_cast<WaveOut*>(self)->came_back(reinterpret_cast<const WAVEHDR*>(header), now_ns);
}

}  // namespace refwave::cli
