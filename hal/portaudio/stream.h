// One PortAudio stream in one direction: its callback, its drain, and the way in which its loss is noticed.
// It lives until PortAudio has closed the stream, even if its device object was destroyed long before.
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
#include "hal/portaudio/calm_queue.h"
#include "hal/portaudio/growing_queue.h"
#include "hal/portaudio/idle_queue.h"
#include "hal/portaudio/server_devices.h"
#include "hal/system/status.h"

namespace refwave::hal {

class PortAudioStream : public std::enable_shared_from_this<PortAudioStream> {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// The arguments of an open.
  struct Plan {
    PaStreamParameters parameters{};
    std::string pcm;  // ALSA's definition of a server's device, which PortAudio does not list; else empty
    PaHostApiTypeId api = paInDevelopment;
    std::uint32_t period_frames = 0;  // 0: PortAudio's choice
    // The frames that cadence.h keeps queued; 0: as many as the device takes.
    std::uint32_t queue_frames = 0;
    // The part of the buffer that stays free.
    std::uint32_t room_frames = 0;
    // The frames that idle_queue.h leaves queued while nothing plays; 0: as many as always.
    std::uint32_t idle_frames = 0;
    // The frames that calm_queue.h leaves queued while nobody is late; 0: as many as always.
    std::uint32_t calm_frames = 0;
    Direction direction = Direction::output;
    bool is_default = false;  // the default device was asked for, and no name
    Servers servers;          // behind the device
    Buffering buffering;      // of the server's device
    AudioPriority priority = AudioPriority::ordinary;
    OpenInfo info;  // as far as it is known before the stream is open
  };

  PortAudioStream(Plan plan, std::shared_ptr<AudioCallback> callback);

  // Thread: PortAudio's. Errors of the next three: the device's name, and PortAudio's words.
  Status open();
  /// Effects: also asks for priority for PortAudio's thread.
  Status start();
  Status stop(PaError (*how)(PaStream*) = Pa_StopStream);
  /// Effects: as Pa_CloseStream. A thread of PortAudio's that hangs in a sound server's library is abandoned
  /// after a second, and the stream with it: both are kept until the program ends. There is no limit on the
  /// wait for a client in its callback, because the caller has its own deadline.
  void close();
  /// Effects: notifies the callback of a loss if the stream has stopped by itself, or if libjack is about to
  /// delete the client that ALSA's plugin for JACK uses for it.
  void check();
  /// Returns: whether open() or start() has failed because a server exists but runs no client now.
  bool is_kept_waiting() const { return is_kept_waiting_; }
  /// Returns: the priority that start() got, in words; empty where libraries set it themselves.
  const std::string& priority() const { return priority_; }
  /// Returns: as Device::caution.
  std::string caution() const;

  // Thread: any.
  const OpenInfo& info() const { return plan_.info; }
  bool playing() const { return state_.load() == State::playing; }
  bool is_lost() const { return state_.load() == State::lost; }
  bool is_default() const { return plan_.is_default; }
  /// Returns: whether it was opened as a server's sink or source, by that name.
  bool is_servers() const { return !plan_.pcm.empty() && plan_.pcm.front() == '{'; }
  Direction direction() const { return plan_.direction; }
  const Servers& servers() const { return plan_.servers; }
  /// Returns: when a stream behind the same servers was lost last (monotonic); 0: never.
  std::int64_t newest_loss_ns() const;

  /// Effects: the callback is notified of a loss, once, and gets no further period. Does nothing if the
  /// stream does not play. Thread: PortAudio's audio thread, or PortAudio's own.
  REFWAVE_AUDIO_THREAD void lose() noexcept;

  /// Effects: sleeps until the next period is due, if the device takes its frames unevenly. `queued`: the
  /// frames that the device has. Thread: PortAudio's audio thread, before it asks the device for room.
  REFWAVE_AUDIO_THREAD void await_period(std::uint32_t frames, std::uint32_t queued) noexcept;
  /// Effects: notes an xrun if the device has only the `frames` that it was just given: it had run dry, which
  /// WASAPI in shared mode does not report. Thread: PortAudio's audio thread.
  REFWAVE_AUDIO_THREAD void has_queued(std::uint32_t frames, std::uint32_t queued) noexcept {
    ran_dry_ = ran_dry_ || queued <= frames;
  }
  /// Returns: whether a device with `queued` frames needs another period before it starts. Thread: as above.
  REFWAVE_AUDIO_THREAD bool preloads(std::uint32_t queued) const noexcept {
    return queued == 0 || queued < plan_.queue_frames;
  }

  // Thread: control.
  /// Effects: the callback gets no further period, and the device gets silence. Returns: whether no callback
  /// runs any more; false if one still runs at `deadline`.
  bool silence(Deadline deadline);
  /// Returns: how long it takes to hear the audio that the device has.
  std::chrono::milliseconds queued() const;
  /// Effects: waits until the audio that was rendered before silence() has been heard, but no longer than
  /// `deadline`, nor much longer than it should take. Silence at its end is not waited for.
  void drain(Deadline deadline) const;

 private:
  enum class State : std::uint8_t { stopped, playing, lost };

  /// Returns: the kernel's number of the thread that calls back, after a start; 0 where the host API's
  /// library makes the thread and sets its priority (JACK's and WASAPI's).
  std::int32_t audio_thread() const;
  REFWAVE_AUDIO_THREAD static int process(const void* input, void* output, unsigned long frames,
                                          const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                                          void* self);
  REFWAVE_AUDIO_THREAD static void finished(void* self);
  REFWAVE_AUDIO_THREAD void render(std::byte* data, std::uint32_t frames,
                                   const PaStreamCallbackTimeInfo& time, bool xrun) noexcept;
  std::uint64_t tail_frames() const;
  REFWAVE_AUDIO_THREAD std::uint32_t await_turn(std::uint32_t frames, std::uint32_t held_frames) noexcept;
  REFWAVE_AUDIO_THREAD void note_silence(const std::byte* data, std::uint32_t frames,
                                         std::int64_t now_ns) noexcept;
  REFWAVE_AUDIO_THREAD std::uint32_t latency_frames(const PaStreamCallbackTimeInfo& time) const noexcept;

  Status failure(const std::string& what) const { return Status::failure(plan_.info.name + ": " + what); }
  /// Effects: notes the buffer and period that the device really has in info().
  void note_buffer();
  /// Returns: where the audio thread finds how many frames the device had room for at the newest callback;
  /// null if it does not say.
  const unsigned long* room() const;
  bool goes_through_alsas_jack() const;
  static bool jack_has_ended();
  void abandon(PaStream* stream);
  void note_wait(PaError error) { is_kept_waiting_ = error == paTimedOut && plan_.api == paJACK; }

  Plan plan_;
  std::shared_ptr<AudioCallback> callback_;
  PaStream* stream_ = nullptr;
  bool is_kept_waiting_ = false;
  bool is_alsas_jack_ = false;
  std::string priority_;  // of PortAudio's audio thread
  CallbackGate gate_;
  // The next five belong to the audio thread from start() on.
  std::optional<Cadence> cadence_;
  std::optional<GrowingQueue> growing_queue_;
  std::optional<IdleQueue> idle_queue_;
  std::optional<CalmQueue> calm_queue_;
  const unsigned long* room_ = nullptr;
  bool ran_dry_ = false;  // the audio thread's: the device had no frame left before the last period
  std::atomic<State> state_{State::stopped};
  // The audio thread writes the next three, and drain() reads them. None orders anything else.
  // Frames of silence since the last period with sound; very many before the first one.
  std::atomic<std::uint64_t> silent_frames_{std::uint64_t{1} << 62};
  std::atomic<std::int64_t> heard_at_ns_{0};      // when that period has been heard
  std::atomic<std::uint32_t> newest_latency_{0};  // of the newest period, in frames

  // Of an abandoned stream, in the list of all of them.
  std::shared_ptr<PortAudioStream> itself_;
  PaStream* hanging_ = nullptr;
  PortAudioStream* next_abandoned_ = nullptr;
};

}  // namespace refwave::hal
