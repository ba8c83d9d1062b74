// One PortAudio stream in one direction: its callback, its drain, and how its loss is noticed. Lives until
// PortAudio has closed the stream, even if its device object has been destroyed long before.
#pragma once

#include <portaudio.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dsp/audio_thread.h"
#include "hal/callback_gate.h"
#include "hal/device.h"
#include "hal/portaudio/cadence.h"

namespace refwave::hal {

class PortAudioStream : public std::enable_shared_from_this<PortAudioStream> {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// What PortAudio is asked for.
  struct Plan {
    PaStreamParameters parameters{};
    std::string pcm;  // of a server's device, which PortAudio does not list; else empty
    PaHostApiTypeId api = paInDevelopment;
    std::uint32_t period_frames = 0;  // 0: PortAudio's choice
    // What the device is to have queued, as cadence.h sees to; 0: as much as it takes. And what of the buffer
    // asked for is to stay free.
    std::uint32_t queue_frames = 0;
    std::uint32_t room_frames = 0;
    Direction direction = Direction::output;
    bool is_default = false;  // whatever the default device was
    OpenInfo info;            // what is known before it is open
  };

  PortAudioStream(Plan plan, std::shared_ptr<AudioCallback> callback);
  PortAudioStream(const PortAudioStream&) = delete;
  PortAudioStream& operator=(const PortAudioStream&) = delete;

  // Thread: PortAudio's. Each returns an empty string, or what went wrong.
  std::string open();
  std::string start();
  std::string stop();
  /// Effects: as Pa_CloseStream. A thread of PortAudio's that hangs in a sound server's library is abandoned
  /// after a second, and the stream with it: both stay until the program ends. A client that stays in its
  /// callback is waited for without end, as the caller's own deadline allows.
  void close();
  /// Effects: tells the client if the stream has stopped by itself.
  void check();

  // Thread: any.
  const OpenInfo& info() const { return plan_.info; }
  bool playing() const { return state_.load() == State::playing; }
  bool is_lost() const { return state_.load() == State::lost; }
  bool is_default() const { return plan_.is_default; }
  Direction direction() const { return plan_.direction; }

  /// Effects: the client is called no more and is told of a loss, once; nothing if it does not play. Thread:
  /// PortAudio's audio thread and its own.
  REFWAVE_AUDIO_THREAD void lose() noexcept;

  /// Effects: sleeps until the next period is due, where a device has `queued` frames and takes them
  /// unevenly. Thread: PortAudio's audio thread, before it asks the device for room.
  REFWAVE_AUDIO_THREAD void await_period(std::uint32_t frames, std::uint32_t queued) noexcept;
  /// Effects: the next period's `xrun` is set if a device that was given `frames` just now has no others, for
  /// that one ran dry before; WASAPI does not tell of it in shared mode. Thread: PortAudio's audio thread.
  REFWAVE_AUDIO_THREAD void has_queued(std::uint32_t frames, std::uint32_t queued) noexcept {
    ran_dry_ = ran_dry_ || queued <= frames;
  }
  /// Returns: whether a device that has not started yet, and has `queued` frames, is to be given another
  /// period. Thread: PortAudio's audio thread.
  REFWAVE_AUDIO_THREAD bool preloads(std::uint32_t queued) const noexcept {
    return queued == 0 || queued < plan_.queue_frames;
  }

  // Thread: control.
  /// Effects: the client is called no more; the device is given silence. Returns: whether the client's
  /// callback has returned by then.
  bool silence(Deadline deadline);
  /// Effects: waits, after silence(), until what the client rendered has been heard.
  void drain(Deadline deadline) const;

 private:
  enum class State : std::uint8_t { stopped, playing, lost };

  REFWAVE_AUDIO_THREAD static int process(const void* input, void* output, unsigned long frames,
                                          const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                                          void* self);
  REFWAVE_AUDIO_THREAD static void finished(void* self);
  REFWAVE_AUDIO_THREAD void render(std::byte* data, std::uint32_t frames,
                                   const PaStreamCallbackTimeInfo& time, bool xrun) noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t latency_frames(const PaStreamCallbackTimeInfo& time) const noexcept;

  void abandon(PaStream* stream);

  Plan plan_;
  std::shared_ptr<AudioCallback> callback_;
  PaStream* stream_ = nullptr;
  CallbackGate gate_;
  std::optional<Cadence> cadence_;  // of the audio thread, from start() on
  bool ran_dry_ = false;            // the audio thread's: the device had nothing left before the last period
  std::atomic<State> state_{State::stopped};
  std::atomic<std::uint64_t> silent_frames_{0};  // written since silence()

  // Of an abandoned stream, in the list of all of them.
  std::shared_ptr<PortAudioStream> itself_;
  PaStream* hanging_ = nullptr;
  PortAudioStream* next_abandoned_ = nullptr;
};

}  // namespace refwave::hal
