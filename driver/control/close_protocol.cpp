#include "driver/control/close_protocol.h"

#include <algorithm>
#include <chrono>

#include "driver/core/stream/audio_section.h"
#include "driver/core/stream/deliver.h"
#include "hal/system/clock.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"

namespace refwave::control {
namespace {

/// The longest wait for the audio thread to render the resampler's tail.
constexpr std::int64_t kLongestTailNs = 500'000'000;
/// A device may hold five seconds.
constexpr std::int64_t kLongestHearingNs = 5'500'000'000;

constexpr std::int64_t kPatienceNs = 1'000'000'000;
constexpr std::int64_t kMomentNs = 50'000'000;
constexpr std::chrono::microseconds kShortNap{100};

/// The caller holds the word.
void notify_rest(core::Stream& stream) {
  static_cast<void>(core::deliver(stream, core::kEveryMessage, [&] { return stream.take(); }));
}

/// Returns: the owner's progress: messages delivered or dropped.
std::uint64_t answered(const core::Stream& stream) {
  return stream.counters.messages.load(std::memory_order_relaxed) +
         stream.counters.undelivered.load(std::memory_order_relaxed);
}

/// Effects: waits until the owner has delivered nothing for a second, or until `latest_ns`. Returns: whether
/// this thread holds the word.
bool wait_for_owner(core::Stream& stream, std::int64_t latest_ns) {
  std::uint64_t seen = answered(stream);
  std::int64_t deadline_ns = std::min(hal::monotonic_now_ns() + kPatienceNs, latest_ns);
  while (!stream.delivery.hold()) {
    const std::int64_t now_ns = hal::monotonic_now_ns();
    if (now_ns >= deadline_ns) return stream.delivery.give_up();
    const std::uint64_t now = answered(stream);
    if (std::exchange(seen, now) != now) deadline_ns = std::min(now_ns + kPatienceNs, latest_ns);
    hal::nap(kShortNap);
  }
  return true;
}

/// Effects: counts the messages that the close drops. An owner inside the client takes no more, because it
/// checks SHUT again afterwards. An owner between two callbacks may hold a message, which it puts back soon.
/// It may also have been killed, so the wait is short and the count may be wrong by one.
void count_undelivered(core::Stream& stream) {
  if (stream.callback.function == nullptr) return;
  const std::int64_t deadline_ns = hal::monotonic_now_ns() + kMomentNs;
  while (stream.delivery.is_held() && stream.caller.load(std::memory_order_relaxed) == 0 &&
         hal::monotonic_now_ns() < deadline_ns)
    hal::nap(kShortNap);
  stream.counters.undelivered.fetch_add(stream.undelivered(), std::memory_order_relaxed);
}

}  // namespace

void wait_until_heard(std::int64_t end_ns, std::int64_t latest_ns) noexcept {
  const std::int64_t now_ns = hal::monotonic_now_ns();
  if (end_ns <= now_ns) return;
  const std::int64_t wait_ns = std::min(end_ns - now_ns + (end_ns - now_ns) / 10, kLongestHearingNs);
  hal::sleep_until_ns(std::min(now_ns + wait_ns, latest_ns));
}

void CloseProtocol::close(core::Stream& stream, std::int64_t latest_ns) {
  const bool waits = !is_in_a_callback();
  const std::int64_t now_ns = hal::monotonic_now_ns();
  play_tail(stream, waits ? std::min(now_ns + kLongestTailNs, latest_ns) : 0);
  std::int64_t playout_end_ns = 0;
  std::shared_ptr<const engine::Engine> engine;
  engine::Engine::Sound sound;
  {
    // No call finds the stream any more, but detach() demands the mutex.
    const hal::MutexLock lock(stream.mutex);
    playout_end_ns = detach(stream);
    engine = engines_[stream.index()];
    sound = engine->sound();
  }
  if (stream.caller.load(std::memory_order_relaxed) == hal::this_thread_id()) {
    finish_nested_close(stream);
  } else {
    // The program may exit next, which would cut its sound off.
    if (waits && playout_end_ns > hal::monotonic_now_ns()) {
      wait_until_heard(playout_end_ns, latest_ns);
      engine->wait_until_played(sound, latest_ns);
    }
    finish_close(stream, latest_ns);
  }
}

/// Returns: whether a client's callback runs on this thread. Then it must not wait, which delays others.
bool CloseProtocol::is_in_a_callback() const noexcept {
  const std::uintptr_t here = hal::this_thread_id();
  return std::ranges::any_of(table_.streams, [&](const core::Stream& stream) {
    return stream.caller.load(std::memory_order_relaxed) == here;
  });
}

/// Effects: waits until the audio thread has rendered what the resampler holds, or until the deadline.
void CloseProtocol::play_tail(const core::Stream& stream, std::int64_t deadline_ns) noexcept {
  constexpr std::chrono::microseconds kNap{500};
  while (stream.audio().has_tail() && stream.running.load(std::memory_order_relaxed) &&
         hal::monotonic_now_ns() < deadline_ns)
    hal::nap(kNap);
}

std::int64_t CloseProtocol::detach(core::Stream& stream) {
  engines_[stream.index()]->detach(stream.index());
  const core::AudioSection section(stream, core::IfOverdue::lose);
  // Relaxed: the lock orders it.
  stream.audio_state.store(nullptr, std::memory_order_relaxed);
  return section.was_lost() ? 0 : stream.audio().playout_end_ns();
}

void CloseProtocol::clear_out(core::Stream& stream) {
  const hal::MutexLock lock(stream.mutex);
  engines_[stream.index()].reset();
  stream.clear_out();
}

/// Inside this stream's own callback, with the word. The loop that called the client finds it closed.
void CloseProtocol::finish_nested_close(core::Stream& stream) {
  stream.closes_inside.store(true, std::memory_order_relaxed);
  notify_rest(stream);
  // The message whose callback is running.
  core::StreamCounters::add(stream.counters.messages, 1);
  notify_closed(stream);
  clear_out(stream);
  stream.delivery.close_in_call();
}

void CloseProtocol::finish_close(core::Stream& stream, std::int64_t latest_ns) {
  if (wait_for_owner(stream, latest_ns)) {
    notify_rest(stream);
    notify_closed(stream);
    clear_out(stream);
    stream.delivery.finish(core::DeliveryState::Closer::holds);
    return;
  }
  count_undelivered(stream);
  notify_closed(stream);
  // Without the mutex, which a killed owner may hold. The audio state lives until the slot is reused.
  engines_[stream.index()].reset();
  stream.delivery.finish(core::DeliveryState::Closer::gave_up);
}

void CloseProtocol::notify_closed(core::Stream& stream) {
  log_close(stream);
  {
    const hal::MutexLock lock(closed_.mutex);
    closed_.counters.add(stream.counters);
    closed_.latency.merge(*stream.latency);
  }
  const core::ClientCallback callback = stream.callback;
  if (callback.function != nullptr) callback.function(callback, core::Notice::close, nullptr);
}

void CloseProtocol::log_close(const core::Stream& stream) const {
  event_log_->report([&] {
    core::Statistics counts;
    counts.add(stream.counters);
    const core::Latencies latency = core::latencies_of(*stream.latency);
    const auto microseconds = [](std::uint64_t ns) { return std::to_string(ns / 1'000) + " us"; };
    return "stream " + std::to_string(stream.index()) + " closed: " + std::to_string(counts.blocks) +
           " blocks, " + std::to_string(counts.messages) + " messages, " +
           std::to_string(counts.undelivered) + " undelivered, " + std::to_string(counts.underruns) +
           " underruns, " + std::to_string(counts.periods) + " periods; buffer done p50 " +
           microseconds(latency.p50_ns) + ", p99 " + microseconds(latency.p99_ns) + ", max " +
           microseconds(latency.max_ns);
  });
}

}  // namespace refwave::control
