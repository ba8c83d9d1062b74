#include "bench/latency/measure.h"

#include "inf/cli/console/failure.h"

namespace refwave::latency {

Silence::Silence(const Load& load) : load_(load) {
  for (std::uint32_t i = 0; i < load.streams; ++i)
    waves_.push_back(std::make_unique<cli::WaveOut>(kFormat, load.buffers, load.block_frames, done_));
}

MMRESULT Silence::open(UINT device) {
  for (const auto& wave : waves_) {
    const MMRESULT result = wave->open(device);
    if (result != MMSYSERR_NOERROR) return result;
    load_.buffers = static_cast<std::uint32_t>(wave->suit_device());
  }
  return MMSYSERR_NOERROR;
}

std::vector<Report> Silence::keep_full() {
  std::vector<Report> reports;
  for (std::uint32_t i = 0; i < waves_.size(); ++i) {
    cli::BlockQueue& queue = waves_[i]->queue();
    if (queue.sent() > 0 && queue.outstanding() == 0) ++ran_dry_;
    // No more than there are blocks: a driver may return each one inside its write.
    for (std::uint32_t n = 0; n < load_.buffers && queue.has_block(); ++n) {
      if (queue.sent() >= load_.buffers)
        reports.push_back(
            {i, static_cast<std::uint32_t>(queue.sent() - load_.buffers), queue.next().returned_ns});
      waves_[i]->write(queue.next().memory.size());
    }
  }
  if (watchdog_.is_stalled(waves_.front()->position() + waves_.front()->queue().returned())) {
    throw cli::Failure(
        "the driver has played nothing and returned no block for five seconds; the device may be gone: see "
        "`refwave devices`, and try another --device");
  }
  done_.wait(cli::kWaitMicroseconds);
  return reports;
}

}  // namespace refwave::latency
