#include "driver/core/period/device_round.h"

#include <cxxabi.h>

#include <utility>

#include "driver/core/stream/capture_state.h"
#include "driver/core/stream/deliver.h"
#include "driver/core/stream/playback_state.h"
#include "dsp/denormals.h"
#include "hal/system/clock.h"

namespace refwave::core {

/// With the lock, so that a reset finds either the blocks or their messages. The stream may be closed by now.
void DeviceRound::post(Stream& stream, AudioState& state) noexcept {
  const std::int64_t now_ns = is_tracing() ? hal::monotonic_now_ns() : 0;
  const std::size_t index = stream.index();
  const bool is_free = stream.delivery.post();
  if (is_direct()) {
    posted_[index / 64] |= std::uint64_t{1} << (index % 64);
    return;
  }
  // An owner of the word looks again.
  if (!is_free) return;
  table_->ready.set(index);
  raised_ = true;
  // Afterwards, so that the trace delays nothing. The stream may have another audio state by now, or none.
  if (now_ns != 0) [[unlikely]]
    stream.trace.note_at(now_ns, TraceKind::ready, state.ring().released() - 1);
}

void DeviceRound::wake() noexcept {
  if (!raised_) return;
  raised_ = false;
  // An awake notifier may have claimed all bits.
  const bool woken = table_->ready.any() && table_->waker.wake_one();
  table_->trace.note(woken ? TraceKind::wake_sent : TraceKind::wake_spared);
  if (woken) wakes_.store(wakes_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void DeviceRound::begin(const Cycle& cycle, std::uint32_t rate) noexcept {
  period_frames_ = cycle.frames;
  due_ns_ = cycle.monotonic_ns - cycle.lateness_ns;
  ns_per_frame_ = cycle.clock_rate > 0 ? 1e9 / (rate * cycle.clock_rate) : 0;
  processor_ = hal::current_processor();
}

/// Returns: whether the mask has no bit after the lowest of `word`, the rest of its word `i`.
bool DeviceRound::is_last(std::size_t i, std::uint64_t word) const noexcept {
  if ((word & (word - 1)) != 0) return false;
  for (++i; i < MembershipMask::kWords; ++i) {
    if (membership_->word(i) != 0) return false;
  }
  return true;
}

void DeviceRound::publish_forecast() noexcept {
  std::int64_t next_ns = Forecast::kNone;
  if (frames_to_next_ != kNever && ns_per_frame_ > 0) {
    const std::uint64_t periods =
        std::max<std::uint64_t>(1, (std::uint64_t{frames_to_next_} + period_frames_ - 1) / period_frames_);
    next_ns =
        due_ns_ + static_cast<std::int64_t>(static_cast<double>(periods * period_frames_) * ns_per_frame_);
  }
  table_->forecast.publish(epoch_, {.ns = next_ns, .processor = processor_});
}

void DeviceRound::end() noexcept {
  table_->trace.note(TraceKind::rendered, kNoSlot, period_frames_);
  // Again, because each() does not do so if it skips the last stream. A device may call for no frames.
  if (period_frames_ != 0) publish_forecast();
}

void DeviceRound::call_clients() noexcept {
  bool has_called = false;
  // What was posted is delivered after a later period.
  if (table_->draining.load(std::memory_order_relaxed)) return;
  for (std::size_t i = 0; i < posted_.size(); ++i) {
    for (std::uint64_t word = std::exchange(posted_[i], 0); word != 0; word &= word - 1) {
      call_client(table_->streams[i * 64 + static_cast<std::size_t>(std::countr_zero(word))]);
      has_called = true;
    }
  }
  // They may make the next period late.
  if (has_called) clients_left_at_ = hal::monotonic_now_ns();
}

void DeviceRound::call_client(Stream& stream) noexcept {
  // An earlier client may have reset or closed this stream, or taken so long that a notifier delivers.
  if (!stream.delivery.hold()) return;
  stream.newest_message.begun_at.store(0, std::memory_order_relaxed);
  call_held_client(stream);
}

/// Not tagged: a client runs here (completion = direct).
void DeviceRound::call_held_client(Stream& stream) noexcept {
  try {
    do {
      if (!deliver(stream, kEveryMessage, [&] { return stream.take_unlocked(); })) return;
      if (stream.has_message()) {
        // It needs the mutex, or is in another audio state. The next client may take long.
        if (stream.delivery.hand_back(DeliveryState::Left::messages)) {
          table_->ready.set(stream.index());
          raised_ = true;
          wake();
        }
        return;
      }
    } while (stream.delivery.release());
  } catch (const abi::__forced_unwind&) {
    leave_clients_to_notifiers();
    park_forever(*table_, stream);
  }
}

/// Effects: this thread, which a client has ended, calls no other. A needless ready bit does no harm.
void DeviceRound::leave_clients_to_notifiers() noexcept {
  table_->ends_threads.store(true, std::memory_order_relaxed);
  has_lost_thread_.store(true, std::memory_order_relaxed);
  for (std::size_t index = 0; index < kSlots; ++index)
    if (membership_->has(index)) table_->ready.set(index);
  raised_ = true;
  wake();
}

template <typename Work>
void DeviceWork::run(const Cycle& cycle, Work work) noexcept {
  {
    const dsp::FlushDenormals flush;
    used_frames_ = 0;
    round_.begin(cycle, device_.rate);
    for_each_run(cycle, device_.rate, kBusFrames, [&](const Cycle& part, std::uint32_t first) noexcept {
      is_idle_ = true;
      work(part, first, first + part.frames == cycle.frames);
    });
    round_.end();
    round_.wake();
  }
  round_.call_clients();
}

Mixer::Mixer(std::shared_ptr<StreamTable> table, std::shared_ptr<const MembershipMask> membership,
             std::uint32_t epoch, Completion completion, const dsp::Format& device,
             std::shared_ptr<const std::atomic<std::uint32_t>> device_volume, dsp::Dither dither)
    : DeviceWork(std::move(table), std::move(membership), epoch, completion, device),
      // Even: pipelines have odd seeds (engine/members.cpp).
      encoder_(device, dither, 2 * epoch),
      device_volume_(std::move(device_volume)) {}

void Mixer::render(std::byte* out, const Cycle& cycle) noexcept {
  has_sounded_ = false;
  run(cycle, [&](const Cycle& part, std::uint32_t first, bool last) noexcept {
    const std::size_t samples = std::size_t{part.frames} * device_.channels;
    std::fill_n(frames_.data(), samples, 0.0F);
    const std::uint32_t volume = device_volume_->load(std::memory_order_relaxed);
    round_.each(last, [&](AudioState& state) noexcept {
      auto& playback = static_cast<PlaybackState&>(state);
      const std::uint32_t finished = playback.render(frames_.data(), part, volume);
      round_.foresee(playback.frames_to_done());
      is_idle_ = is_idle_ && playback.ring().playing() == nullptr;
      has_sounded_ = has_sounded_ || playback.is_sounding();
      if (playback.made() != 0) used_frames_ = std::max(used_frames_, first + playback.made());
      return finished;
    });
    encoder_.encode(frames_.data(), out + first * device_.bytes_per_frame(), samples);
  });
}

Recorder::Recorder(std::shared_ptr<StreamTable> table, std::shared_ptr<const MembershipMask> membership,
                   std::uint32_t epoch, Completion completion, const dsp::Format& device)
    : DeviceWork(std::move(table), std::move(membership), epoch, completion, device),
      decode_(dsp::decoder(device.type)) {}

void Recorder::capture(const std::byte* in, const Cycle& cycle) noexcept {
  run(cycle, [&](const Cycle& part, std::uint32_t first, bool last) noexcept {
    decode_(in + first * device_.bytes_per_frame(), frames_.data(),
            std::size_t{part.frames} * device_.channels);
    round_.each(last, [&](AudioState& state) noexcept {
      auto& capture = static_cast<CaptureState&>(state);
      const std::uint32_t finished = capture.capture(frames_.data(), part);
      const std::uint32_t to_done = capture.frames_to_done();
      round_.foresee(to_done);
      is_idle_ = is_idle_ && to_done == kNever;
      if (capture.taken() != 0) used_frames_ = std::max(used_frames_, first + capture.taken());
      return finished;
    });
  });
}

}  // namespace refwave::core
