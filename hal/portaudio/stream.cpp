#include "hal/portaudio/stream.h"

#include <pa_linux_alsa.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "hal/priority/priority.h"
#include "hal/system/owned_thread.h"
#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

constexpr double kLongestLatencyS = 5.0;  // a longer one is a fault of the host API's
constexpr std::chrono::milliseconds kDrainGrace{250};

/// Streams that are never deleted, because a hanging thread may wake up and use its stream. Written by
/// PortAudio's thread; only leak checkers read it.
PortAudioStream* first_abandoned = nullptr;

/// When a stream was lost last, by the servers behind it. An audio thread, or PortAudio's own, writes.
std::array<std::atomic<std::int64_t>, 4> newest_losses_ns{};

REFWAVE_AUDIO_THREAD std::atomic<std::int64_t>& newest_loss_of(const Servers& servers) noexcept {
  return newest_losses_ns[(servers.pulse ? 1U : 0U) + (servers.pipewire ? 2U : 0U)];
}

/// `error`: not paNoError.
std::string text_of(PaError error) {
  const PaHostErrorInfo* host = Pa_GetLastHostErrorInfo();
  const bool says_more = error == paUnanticipatedHostError && host != nullptr && host->errorText != nullptr;
  return std::string("PortAudio: ") + Pa_GetErrorText(error) +
         (says_more ? std::string(": ") + host->errorText : "");
}

std::uint32_t usual_period(const PortAudioStream::Plan& plan, std::uint32_t latency_frames) {
  if (plan.period_frames > 0) return plan.period_frames;
  // If PortAudio chooses, ALSA's period is a quarter of the latency, and JACK's period is the whole latency.
  const std::uint32_t period = plan.api == paALSA ? latency_frames / 4 : latency_frames;
  return std::clamp(period, 1U, plan.info.format.rate / 10);
}

}  // namespace

PortAudioStream::PortAudioStream(Plan plan, std::shared_ptr<AudioCallback> callback)
    : plan_(std::move(plan)), callback_(std::move(callback)) {}

Status PortAudioStream::open() {
  const bool output = plan_.direction == Direction::output;
  const PaStreamParameters* parameters = &plan_.parameters;
  PaAlsaStreamInfo alsa{sizeof alsa, paALSA, 1, plan_.pcm.c_str()};
  if (!plan_.pcm.empty()) {
    plan_.parameters.device = paUseHostApiSpecificDeviceSpecification;
    plan_.parameters.hostApiSpecificStreamInfo = &alsa;
  }
  const PaError error =
      Pa_OpenStream(&stream_, output ? nullptr : parameters, output ? parameters : nullptr,
                    plan_.info.format.rate, plan_.period_frames, paDitherOff, &process, this);
  note_wait(error);
  if (error != paNoError) {
    stream_ = nullptr;
    return failure(text_of(error));
  }
  is_alsas_jack_ = goes_through_alsas_jack();
  Pa_SetStreamFinishedCallback(stream_, &finished);
  const PaStreamInfo& opened = *Pa_GetStreamInfo(stream_);
  const double latency_s = output ? opened.outputLatency : opened.inputLatency;
  plan_.info.format.rate = static_cast<std::uint32_t>(std::lround(opened.sampleRate));
  const auto latency_frames = static_cast<std::uint32_t>(std::lround(latency_s * opened.sampleRate));
  plan_.info.latency_frames = latency_frames - std::min(latency_frames, plan_.room_frames);
  plan_.info.period_frames = usual_period(plan_, plan_.info.latency_frames);
  // ALSA's plugin does not know of the buffer of the server's device.
  plan_.info.latency_frames +=
      static_cast<std::uint32_t>(std::lround(plan_.buffering.buffer_s * opened.sampleRate));
  newest_latency_ = plan_.info.latency_frames;
  note_buffer();
  return {};
}

Status PortAudioStream::start() {
  if (is_lost()) return failure("the device has gone");
  state_ = State::playing;
  if (plan_.queue_frames > 0) cadence_.emplace(plan_.info.format.rate, plan_.queue_frames);
  if (plan_.direction == Direction::output && plan_.servers != Servers{})
    growing_queue_.emplace(plan_.info.format.rate, plan_.info.latency_frames + 2 * plan_.info.period_frames);
  if (plan_.idle_frames > 0 && plan_.info.latency_frames > plan_.idle_frames)
    idle_queue_.emplace(plan_.info.format.rate, plan_.info.latency_frames - plan_.idle_frames);
  room_ = room();
  if (plan_.calm_frames > 0 && plan_.info.device_buffer_frames > plan_.calm_frames && room_ != nullptr)
    calm_queue_.emplace(plan_.info.format.rate, plan_.info.device_buffer_frames - plan_.calm_frames);
  gate_.open();
  const PaError error = Pa_StartStream(stream_);
  note_wait(error);
  if (error == paNoError) {
    const std::int32_t thread = audio_thread();
    priority_ = thread != 0 ? prioritise(thread, plan_.priority) : "";
    return {};
  }
  gate_.shut();
  state_ = State::stopped;
  return failure(text_of(error));
}

Status PortAudioStream::stop(PaError (*how)(PaStream*)) {
  // A stream that was lost may have been closed already.
  if (stream_ == nullptr) return {};
  const PaError error = how(stream_);
  return error == paNoError || error == paStreamIsStopped ? Status() : failure(text_of(error));
}

void PortAudioStream::close() {
  PaStream* const stream = std::exchange(stream_, nullptr);
  if (stream == nullptr) return;
  // Ends when the client's callback returns. Until then PortAudio's thread is blocked, as in Pa_CloseStream.
  gate_.wait_until_empty(Deadline::max());
  if (Pa_CloseStream(stream) == paTimedOut) abandon(stream);
}

void PortAudioStream::abandon(PaStream* stream) {
  itself_ = shared_from_this();
  hanging_ = stream;
  next_abandoned_ = std::exchange(first_abandoned, this);
  count_abandoned_thread();
}

void PortAudioStream::check() {
  if (is_alsas_jack_ && jack_has_ended()) {
    // The next open of any client deletes this one. So each stream is closed before, even if stopped.
    lose();
    state_.store(State::lost);
  }
  if (playing() && Pa_IsStreamActive(stream_) != 1) lose();
}

bool PortAudioStream::silence(Deadline deadline) {
  State expected = State::playing;
  state_.compare_exchange_strong(expected, State::stopped);
  gate_.shut();
  return gate_.wait_until_empty(deadline);
}

/// Returns: after so much silence the last sound has been heard. A server may hold more than it should.
std::uint64_t PortAudioStream::tail_frames() const {
  return std::max(plan_.info.latency_frames, newest_latency_.load(std::memory_order_relaxed)) +
         2ULL * plan_.info.period_frames;
}

std::chrono::milliseconds PortAudioStream::queued() const {
  return std::chrono::milliseconds(1'000 * tail_frames() / plan_.info.format.rate);
}

void PortAudioStream::drain(Deadline deadline) const {
  if (plan_.direction == Direction::input || is_lost()) return;
  deadline = std::min(deadline, std::chrono::steady_clock::now() + queued() + kDrainGrace);
  // A server that is not full takes silence in one burst, ahead of time.
  while ((silent_frames_.load(std::memory_order_relaxed) < tail_frames() ||
          monotonic_now_ns() < heard_at_ns_.load(std::memory_order_relaxed)) &&
         std::chrono::steady_clock::now() < deadline) {
    nap(std::chrono::milliseconds(1));
  }
}

void PortAudioStream::await_period(std::uint32_t frames, std::uint32_t queued) noexcept {
  if (cadence_) sleep_until_ns(cadence_->next_ns(monotonic_now_ns(), frames, queued));
}

int PortAudioStream::process(const void* input, void* output, unsigned long frames,
                             const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags, void* self) {
  auto& stream = *static_cast<PortAudioStream*>(self);
  const bool plays = stream.plan_.direction == Direction::output;
  const bool ran_dry = std::exchange(stream.ran_dry_, false);
  const bool xrun = ran_dry || (flags & (paOutputUnderflow | paInputOverflow)) != 0;
  // The cast is harmless, because a callback that records only reads (hal/device.h).
  void* const data = plays ? output : const_cast<void*>(input);
  if (data != nullptr) {
    stream.render(static_cast<std::byte*>(data), static_cast<std::uint32_t>(frames), *time, xrun);
  }
  return paContinue;
}

void PortAudioStream::render(std::byte* data, std::uint32_t frames, const PaStreamCallbackTimeInfo& time,
                             bool xrun) noexcept {
  const bool plays = plan_.direction == Direction::output;
  std::uint32_t latency = latency_frames(time);
  if (gate_.enter()) {
    latency -= std::min(latency, await_turn(frames, latency));
    newest_latency_.store(latency, std::memory_order_relaxed);
    const std::int64_t now_ns = monotonic_now_ns();
    callback_->process(
        {.data = data, .frames = frames, .monotonic_ns = now_ns, .latency_frames = latency, .xrun = xrun});
    // Stored before it leaves, so that drain() knows of the last sound.
    if (plays) note_silence(data, frames, now_ns);
    gate_.leave();
  } else if (plays) {
    std::memset(data, std::to_integer<int>(dsp::silent_byte(plan_.info.format.type)),
                frames * plan_.info.format.bytes_per_frame());
    note_silence(data, frames, 0);
  }
}

/// Effects: sleeps until the next period is due, if the device holds more than it should, or nothing plays.
/// Returns: the frames that the device has played meanwhile.
std::uint32_t PortAudioStream::await_turn(std::uint32_t frames, std::uint32_t held_frames) noexcept {
  if (!growing_queue_ && !idle_queue_ && !calm_queue_) return 0;
  const std::int64_t now_ns = monotonic_now_ns();
  std::int64_t due_ns = now_ns;
  const bool is_idle = callback_->is_idle();
  if (growing_queue_) due_ns = growing_queue_->next_ns(now_ns, frames, held_frames, is_idle);
  if (idle_queue_) {
    const bool is_quiet = is_idle && silent_frames_.load(std::memory_order_relaxed) >= tail_frames();
    due_ns = std::max(due_ns, idle_queue_->next_ns(now_ns, frames, is_quiet));
  }
  if (calm_queue_)
    due_ns = std::max(due_ns, calm_queue_->next_ns(now_ns, frames, static_cast<std::uint32_t>(*room_)));
  if (due_ns <= now_ns) return 0;
  sleep_until_ns(due_ns);
  return static_cast<std::uint32_t>(1e-9 * static_cast<double>(monotonic_now_ns() - now_ns) *
                                    plan_.info.format.rate);
}

/// Effects: counts silence since the last sound, which was rendered at `now_ns` if this is one.
void PortAudioStream::note_silence(const std::byte* data, std::uint32_t frames,
                                   std::int64_t now_ns) noexcept {
  const std::size_t bytes = frames * plan_.info.format.bytes_per_frame();
  // Each byte equals the one before it.
  const bool is_silent = bytes == 0 || (data[0] == dsp::silent_byte(plan_.info.format.type) &&
                                        std::memcmp(data, data + 1, bytes - 1) == 0);
  // One thread at a time writes, so a load and a store are enough.
  const std::uint64_t before = is_silent ? silent_frames_.load(std::memory_order_relaxed) : 0;
  silent_frames_.store(before + (is_silent ? frames : 0), std::memory_order_relaxed);
  if (!is_silent)
    heard_at_ns_.store(
        now_ns + static_cast<std::int64_t>(1e9 * static_cast<double>(tail_frames()) / plan_.info.format.rate),
        std::memory_order_relaxed);
}

std::uint32_t PortAudioStream::latency_frames(const PaStreamCallbackTimeInfo& time) const noexcept {
  const bool output = plan_.direction == Direction::output;
  const double latency_s =
      output ? time.outputBufferDacTime - time.currentTime : time.currentTime - time.inputBufferAdcTime;
  if (!(latency_s > 0.0 && latency_s < kLongestLatencyS)) return plan_.info.latency_frames;
  return static_cast<std::uint32_t>(latency_s * plan_.info.format.rate);
}

/// PortAudio calls this on its audio thread whenever a stream ends. An end that was not requested is a loss.
void PortAudioStream::finished(void* self) { static_cast<PortAudioStream*>(self)->lose(); }

void PortAudioStream::lose() noexcept {
  State expected = State::playing;
  if (!state_.compare_exchange_strong(expected, State::lost)) return;
  gate_.shut();
  newest_loss_of(plan_.servers).store(monotonic_now_ns(), std::memory_order_relaxed);
  callback_->on_lost();
}

std::int64_t PortAudioStream::newest_loss_ns() const {
  return newest_loss_of(plan_.servers).load(std::memory_order_relaxed);
}

}  // namespace refwave::hal
