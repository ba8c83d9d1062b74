#include "bench/measure/client.h"

#include <algorithm>

#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"

namespace refwave::measure {

Client::Client(const dsp::Format& format, const Load& load) : buffers_(load.buffers), taken_(load.streams) {
  for (std::uint32_t i = 0; i < load.streams; ++i)
    waves_.push_back(std::make_unique<cli::WaveOut>(format, load.buffers, load.block_frames, done_));
}

MMRESULT Client::open(UINT device) {
  for (const auto& wave : waves_) {
    const MMRESULT result = wave->open(device);
    if (result != MMSYSERR_NOERROR) return result;
  }
  return MMSYSERR_NOERROR;
}

void Client::open(cli::DriverSession& session, const cli::DriverOptions& options) {
  const MMRESULT result = open();
  if (result != MMSYSERR_NOERROR) throw cli::Failure(cli::open_failure(session, result, options.device, 0));
  suit_device();
}

void Client::suit_device() {
  for (const auto& wave : waves_) buffers_ = static_cast<std::uint32_t>(wave->suit_device());
}

void Client::set_block_frames(std::uint32_t frames) {
  for (const auto& wave : waves_) wave->set_block_frames(frames);
  suit_device();
}

std::vector<Stamp> Client::take_back() {
  std::vector<Stamp> back;
  for (std::uint32_t i = 0; i < waves_.size(); ++i) {
    cli::BlockQueue& queue = waves_[i]->queue();
    for (const std::uint64_t end = queue.returned(); taken_[i] != end; ++taken_[i]) {
      const auto block = static_cast<std::size_t>(taken_[i] % queue.blocks().size());
      const std::int64_t ns = queue.blocks()[block].returned_ns;
      back.push_back({i, static_cast<std::uint32_t>(taken_[i]), ns, ns});
    }
  }
  return back;
}

Client::Turn Client::refill() {
  Turn turn{take_back(), {}};
  for (std::uint32_t i = 0; i < waves_.size(); ++i) {
    cli::BlockQueue& queue = waves_[i]->queue();
    if (queue.sent() > 0 && queue.outstanding() == 0) ++ran_dry_;
    // Not those that come back meanwhile: a driver may return each one inside its write.
    while (queue.sent() - taken_[i] < queue.blocks().size()) {
      const std::uint64_t number = queue.sent();
      if (fill) fill(queue.next(), number);
      const std::int64_t entered_ns = hal::monotonic_now_ns();
      const MMRESULT result = waves_[i]->try_write(queue.next().memory.size());
      if (result != MMSYSERR_NOERROR)
        throw cli::Failure("the device was lost, or the driver refused a block: " +
                           cli::wave_error_text(result));
      turn.written.push_back({i, static_cast<std::uint32_t>(number), entered_ns, hal::monotonic_now_ns()});
    }
  }
  return turn;
}

void Client::wait(std::int64_t most_us) {
  done_.wait(most_us);
  if (watchdog_.is_stalled(waves_.front()->position() + waves_.front()->queue().returned()))
    throw cli::Failure(
        "the driver has played nothing and returned no block for five seconds; the device may be gone: see "
        "`refwave devices`, and try another --device");
}

bool Client::is_busy() const {
  return std::ranges::any_of(waves_, [](const auto& wave) { return wave->queue().outstanding() != 0; });
}

std::optional<REFWAVE_STATISTICS> Client::statistics(std::size_t stream) const {
  return waves_[stream]->statistics();
}

REFWAVE_STATISTICS Client::own_statistics(std::size_t stream) const {
  if (const auto statistics = waves_[stream]->statistics()) return *statistics;
  throw cli::Failure("the driver gives no statistics; this needs refwave.drv");
}

}  // namespace refwave::measure
