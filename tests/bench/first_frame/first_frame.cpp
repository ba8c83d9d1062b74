// From the call that plays a block to its first frame at PulseAudio's sink: refwave, and beside it
// PortAudio's own callback and SDL, where their libraries are installed. The server is a private one, and one
// recorder of the sink's monitor, a millisecond at a time, hears them all.
#include <portaudio.h>
#include <pulse/simple.h>
#include <winmm_host.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/benchmarks/buffer_done/session.h"
#include "bench/benchmarks/common/samples.h"
#include "driver/abi/windows_headers.h"
#include "hal/shared_library.h"
#include "hal/system/realtime.h"
#include "tests/bench/first_frame/wake_ups.h"
#include "tests/support/private_pulse.h"

namespace refwave::bench {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kRate = 48'000;
constexpr std::int16_t kLoud = 8'000;
constexpr int kSoundFrames = 960;

/// What a sound is played to: a stream that runs and has nothing to play, or one that was just opened.
enum class Stream { idle, opened };

/// When the sink was given a sound. A thread of its own listens.
class Ear {
 public:
  Ear() : thread_([this] { listen(); }) {}
  ~Ear() {
    ends_ = true;
    thread_.join();
  }
  void forget() { first_ns_ = 0; }
  /// Returns: when the first frame since forget() came; waits for a second at most. Throws
  /// std::runtime_error.
  std::int64_t first_ns() const {
    for (const std::int64_t late_ns = now_ns() + 1'000'000'000; first_ns_ == 0; hal::nap(200us))
      if (now_ns() > late_ns) throw std::runtime_error("nothing was heard");
    return first_ns_;
  }
  void wait_for_quiet() const {
    while (now_ns() - newest_ns_ < 80'000'000) hal::nap(1ms);
  }

 private:
  void listen() {
    const pa_sample_spec spec{PA_SAMPLE_FLOAT32NE, kRate, 2};
    std::array<float, 2 * kRate / 1'000> heard{};
    const auto none = static_cast<std::uint32_t>(-1);
    const pa_buffer_attr attributes{none, none, none, none, sizeof heard};
    pa_simple* const stream = pa_simple_new(nullptr, "first_frame", PA_STREAM_RECORD, "ref.monitor", "ear",
                                            &spec, nullptr, &attributes, nullptr);
    while (stream != nullptr && !ends_ && pa_simple_read(stream, heard.data(), sizeof heard, nullptr) >= 0) {
      if (std::ranges::find_if(heard, [](float sample) { return sample != 0; }) == heard.end()) continue;
      newest_ns_ = now_ns();
      if (first_ns_ == 0) first_ns_ = newest_ns_.load();
    }
    if (stream != nullptr) pa_simple_free(stream);
  }

  std::atomic<bool> ends_{false};
  std::atomic<std::int64_t> first_ns_{0};   // the listener writes, and forget()
  std::atomic<std::int64_t> newest_ns_{0};  // the listener writes
  std::thread thread_;
};

/// A stream at 48 kHz, 16 bits, stereo.
class Player {
 public:
  virtual ~Player() = default;
  virtual void open() = 0;
  /// Effects: the next frames are loud; starts what does not run.
  virtual void play() = 0;
  virtual void close() = 0;
};

class Refwave final : public Player {
 public:
  Refwave(const std::string& settings, Stream stream)
      : session_((stream == Stream::idle ? "linger_ms=60000; " : "linger_ms=100; ") + settings) {}

  void open() override {
    const WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, kRate, 4 * kRate, 4, 16, 0};
    if (waveOutOpen(&wave_, 0, &format, 0, 0, CALLBACK_NULL) != MMSYSERR_NOERROR)
      throw std::runtime_error("refwave does not open");
    header_ = {};
    header_.lpData = reinterpret_cast<LPSTR>(samples_.data());
    header_.dwBufferLength = static_cast<DWORD>(samples_.size() * sizeof samples_[0]);
    waveOutPrepareHeader(wave_, &header_, sizeof header_);
  }
  void play() override { waveOutWrite(wave_, &header_, sizeof header_); }
  void close() override {
    waveOutReset(wave_);
    waveOutUnprepareHeader(wave_, &header_, sizeof header_);
    waveOutClose(wave_);
    hal::nap(200ms);  // the device is closed a tenth of a second later
  }

 private:
  Session session_;
  HWAVEOUT wave_ = nullptr;
  WAVEHDR header_{};
  std::vector<std::int16_t> samples_ = std::vector<std::int16_t>(2 * kSoundFrames, kLoud);
};

/// What a callback plays: so many loud frames, and then silence.
std::atomic<int> loud_frames{0};

void fill(void* out, unsigned long frames) {
  auto* const samples = static_cast<std::int16_t*>(out);
  const int loud = std::min(loud_frames.load(), static_cast<int>(frames));
  std::fill_n(samples, 2 * loud, kLoud);
  std::fill_n(samples + 2 * loud, 2 * (frames - static_cast<unsigned>(loud)), std::int16_t{0});
  loud_frames -= loud;
}

/// PortAudio as it comes: its own low latency, and periods of its own choice.
class PortAudio final : public Player {
 public:
  PortAudio() {
    if (!library_.is_complete()) throw std::runtime_error("libportaudio2 is not installed");
    initialize_();
  }
  ~PortAudio() override { terminate_(); }
  void open() override {
    const PaDeviceIndex device = default_device_();
    const PaStreamParameters parameters{device, 2, paInt16, device_info_(device)->defaultLowOutputLatency,
                                        nullptr};
    if (open_(&stream_, nullptr, &parameters, kRate, paFramesPerBufferUnspecified, paNoFlag, &process,
              nullptr) != paNoError)
      throw std::runtime_error("PortAudio does not open");
  }
  void play() override {
    loud_frames = kSoundFrames;
    if (is_active_(stream_) != 1) start_(stream_);
  }
  void close() override {
    abort_(stream_);
    close_(stream_);
  }

 private:
  static int process(const void*, void* out, unsigned long frames, const PaStreamCallbackTimeInfo*,
                     PaStreamCallbackFlags, void*) {
    fill(out, frames);
    return paContinue;
  }

  hal::SharedLibrary library_{"libportaudio.so.2"};
  const decltype(&Pa_Initialize) initialize_ = library_.find("Pa_Initialize");
  const decltype(&Pa_Terminate) terminate_ = library_.find("Pa_Terminate");
  const decltype(&Pa_GetDefaultOutputDevice) default_device_ = library_.find("Pa_GetDefaultOutputDevice");
  const decltype(&Pa_GetDeviceInfo) device_info_ = library_.find("Pa_GetDeviceInfo");
  const decltype(&Pa_OpenStream) open_ = library_.find("Pa_OpenStream");
  const decltype(&Pa_StartStream) start_ = library_.find("Pa_StartStream");
  const decltype(&Pa_IsStreamActive) is_active_ = library_.find("Pa_IsStreamActive");
  const decltype(&Pa_AbortStream) abort_ = library_.find("Pa_AbortStream");
  const decltype(&Pa_CloseStream) close_ = library_.find("Pa_CloseStream");
  PaStream* stream_ = nullptr;
};

/// SDL 2 with periods of 512 frames. What is declared of it here is its SDL_AudioSpec.
class Sdl final : public Player {
 public:
  Sdl() {
    if (!library_.is_complete()) throw std::runtime_error("libsdl2-2.0-0 is not installed");
    constexpr std::uint32_t kAudio = 0x10;
    if (init_(kAudio) != 0) throw std::runtime_error("SDL finds no sound");
  }
  void open() override {
    constexpr std::uint16_t kS16 = 0x8010;
    const Spec spec{kRate, kS16, 2, 0, 512, 0, 0, &process, nullptr};
    Spec got{};
    device_ = open_(nullptr, 0, &spec, &got, 0);
    if (device_ == 0) throw std::runtime_error("SDL does not open");
  }
  void play() override {
    loud_frames = kSoundFrames;
    pause_(device_, 0);
  }
  void close() override { close_(device_); }

 private:
  struct Spec {
    int rate;
    std::uint16_t format;
    std::uint8_t channels;
    std::uint8_t silence;
    std::uint16_t samples;
    std::uint16_t padding;
    std::uint32_t size;
    void (*callback)(void*, std::uint8_t*, int);
    void* user;
  };
  static void process(void*, std::uint8_t* out, int bytes) {
    fill(out, static_cast<unsigned long>(bytes) / 4);
  }

  hal::SharedLibrary library_{"libSDL2-2.0.so.0"};
  int (*const init_)(std::uint32_t) = library_.find("SDL_Init");
  std::uint32_t (*const open_)(const char*, int, const Spec*, Spec*,
                               int) = library_.find("SDL_OpenAudioDevice");
  void (*const pause_)(std::uint32_t, int) = library_.find("SDL_PauseAudioDevice");
  void (*const close_)(std::uint32_t) = library_.find("SDL_CloseAudioDevice");
  std::uint32_t device_ = 0;
};

// --- measuring ---

std::int64_t play_once(Player& player, Ear& ear) {
  ear.wait_for_quiet();
  ear.forget();
  const std::int64_t begin_ns = now_ns();
  player.play();
  return ear.first_ns() - begin_ns;
}

void measure(benchmark::State& state, const std::string& name, Player& player, Stream stream) {
  Ear ear;
  Samples samples(name, most_iterations(state));
  if (stream == Stream::idle) {
    player.open();
    play_once(player, ear);
  }
  for (auto _ : state) {
    if (stream == Stream::opened) player.open();
    // At another point of the period each time.
    if (stream == Stream::idle) hal::nap(std::chrono::milliseconds(100 + 7 * samples.count() % 31));
    samples.add(play_once(player, ear));
    if (stream == Stream::opened) {
      ear.wait_for_quiet();
      player.close();
    }
  }
  if (stream == Stream::idle) player.close();
  samples.report(state);
  state.counters["usual_ms"] = samples.percentile(0.5) / 1e6;
  state.counters["longest_ms"] = samples.percentile(1) / 1e6;
}

template <class Make>
void add_player(const std::string& who, Make make) {
  for (const auto& [stream, words] : {std::pair{Stream::idle, "idle"}, {Stream::opened, "opened"}})
    add("first_frame/of:" + who + "/stream:" + words, [=](benchmark::State& state, const std::string& name) {
      try {
        static test::PrivatePulse server;
        server.export_environment();
        const std::unique_ptr<Player> player = make(stream);
        measure(state, name, *player, stream);
      } catch (const std::exception& error) {
        state.SkipWithError(error.what());
      }
    })->Iterations(12);
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  setenv("REFWAVE_CONFIG", "", 1);
  setenv("SDL_AUDIODRIVER", "pulseaudio", 1);
  add_player("refwave", [](Stream stream) { return std::make_unique<Refwave>("", stream); });
  add_player("refwave/latency_ms:5",
             [](Stream stream) { return std::make_unique<Refwave>("latency_ms=5", stream); });
  add_player("portaudio", [](Stream) { return std::make_unique<PortAudio>(); });
  add_player("sdl", [](Stream) { return std::make_unique<Sdl>(); });
  add_wake_ups();
  return run(argc, argv);
}
