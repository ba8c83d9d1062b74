// The program that `refwave trace` traces: one stream of silence, which stamps its own calls. Main thread,
// except for the callback.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "bench/trace/block_pieces.h"
#include "driver/cli/wave_client/wave_out.h"

namespace refwave::trace {

class TracedStream {
 public:
  /// `done` is signalled once for every block that comes back; several streams may share one.
  TracedStream(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
               cli::BlockQueue::Semaphore& done);

  /// Returns: MMSYSERR_NOERROR, or why the stream could not be opened; then nothing else may be called.
  MMRESULT open();
  /// Effects: writes every block that the client has by now, and adds a stamp of each waveOutWrite. Throws:
  /// Failure.
  void refill(std::vector<ClientStamp>& writes);
  /// Effects: adds the stamps of the callbacks that have returned since the last call. Call it between two
  /// refills.
  void take_callbacks(std::vector<ClientStamp>& callbacks);
  /// Returns: whether the driver has a block, or a callback has not returned.
  bool is_busy() const { return stamped_.load(std::memory_order_acquire) != wave_.queue().sent(); }

 private:
  std::uint16_t slot_ = REFWAVE_TRACE_NO_SLOT;
  std::uint32_t taken_ = 0;
  std::vector<ClientStamp> stamps_;        // a ring; the callback fills it, take_callbacks() empties it
  std::atomic<std::uint32_t> stamped_{0};  // callback → main: stamps that are whole
  cli::WaveOut wave_;                      // last: it is closed while the rest is there
};

}  // namespace refwave::trace
