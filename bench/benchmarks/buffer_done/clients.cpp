#include "bench/benchmarks/buffer_done/clients.h"

#include <stdexcept>
#include <string>

#include "bench/benchmarks/buffer_done/path.h"

namespace refwave::bench {

Clients::Clients(const ClientOptions& options) {
  for (std::uint32_t i = 0; i < options.streams; ++i) streams_.push_back(std::make_unique<Stream>(options));
  for (const auto& stream : streams_) {
    stream->wave.at_end_of_callback = [self = stream.get()](const WAVEHDR*, std::int64_t ns) {
      self->wakes.add(last_wake_ns());
      self->returns.add(ns);
    };
    if (const MMRESULT result = stream->wave.open(WAVE_MAPPER); result != MMSYSERR_NOERROR)
      throw std::runtime_error("waveOutOpen: " + std::to_string(result));
  }
  for (const auto& stream : streams_) stream->wave.repeat();
}

WORD Clients::slot(std::size_t stream) const {
  return static_cast<WORD>(streams_[stream]->wave.statistics().value_or(REFWAVE_STATISTICS{}).dwSlot);
}

}  // namespace refwave::bench
