// How often a second the threads of a process that plays nothing are woken: after its last stream was closed,
// and with one paused stream. The servers are private ones.
#include "tests/bench/first_frame/wake_ups.h"

#include <unistd.h>
#include <winmm_host.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/benchmarks/buffer_done/session.h"
#include "bench/benchmarks/common/samples.h"
#include "driver/abi/windows_headers.h"
#include "hal/system/realtime.h"
#include "tests/support/alsa_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"

namespace refwave::bench {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kRate = 48'000;
constexpr auto kWindow = 1s;
constexpr const char* kSettings = "linger_ms=100; fallback=none; output=";
/// A JACK client leaves a second after a list of devices, a notifier up to four after the last stream.
constexpr auto kSettling = 5s;

enum class Stream { closed, paused };

/// No server: the clocked device.
struct Nobody {
  void export_environment() const {}
};

/// Returns: how often each other thread of this process has given up its processor to wait, by its number.
std::map<int, long> waits() {
  std::map<int, long> all;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    const int thread = std::stoi(task.path().filename().string());
    if (thread == gettid()) continue;
    std::ifstream status(task.path() / "status");
    const std::string key = "voluntary_ctxt_switches:";
    for (std::string line; std::getline(status, line);)
      if (line.starts_with(key)) all[thread] = std::stol(line.substr(key.size()));
  }
  return all;
}

/// Returns: the same for a second from now on, of all threads together. A thread that ends meanwhile is left
/// out.
double waits_a_second() {
  const std::map<int, long> before = waits();
  const std::int64_t begin_ns = now_ns();
  hal::nap(kWindow);
  const std::map<int, long> after = waits();
  const double seconds = static_cast<double>(now_ns() - begin_ns) / 1e9;
  double sum = 0;
  for (const auto& [thread, count] : after) {
    const auto old = before.find(thread);
    sum += static_cast<double>(count - (old == before.end() ? 0 : old->second));
  }
  return sum / seconds;
}

/// A stream of blocks of a tenth of a second of silence.
class Player {
 public:
  Player() {
    const WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, kRate, 4 * kRate, 4, 16, 0};
    if (waveOutOpen(&wave_, 0, &format, 0, 0, CALLBACK_NULL) != MMSYSERR_NOERROR)
      throw std::runtime_error("the device does not open");
    header_.lpData = reinterpret_cast<LPSTR>(silence_.data());
    header_.dwBufferLength = static_cast<DWORD>(silence_.size() * sizeof silence_[0]);
    waveOutPrepareHeader(wave_, &header_, sizeof header_);
  }
  ~Player() { close(); }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// Effects: plays one. Throws std::runtime_error.
  void play() {
    waveOutWrite(wave_, &header_, sizeof header_);
    const std::int64_t late_ns = now_ns() + 10'000'000'000;
    for (volatile const DWORD& flags = header_.dwFlags; (flags & WHDR_DONE) == 0; hal::nap(1ms))
      if (now_ns() > late_ns) throw std::runtime_error("the device does not play");
  }
  /// Effects: pauses before the next.
  void pause() {
    waveOutPause(wave_);
    waveOutWrite(wave_, &header_, sizeof header_);
  }
  void close() {
    if (wave_ == nullptr) return;
    waveOutReset(wave_);
    waveOutUnprepareHeader(wave_, &header_, sizeof header_);
    waveOutClose(std::exchange(wave_, nullptr));
  }

 private:
  HWAVEOUT wave_ = nullptr;
  WAVEHDR header_{};
  std::vector<std::int16_t> silence_ = std::vector<std::int16_t>(2 * kRate / 10);
};

template <class Server>
void add_device(const std::string& who, const std::string& device) {
  for (const auto& [stream, words] : {std::pair{Stream::closed, "closed"}, {Stream::paused, "paused"}})
    add("wake_ups/of:" + who + "/stream:" + words, [=](benchmark::State& state, const std::string&) {
      try {
        const Server server;
        server.export_environment();
        const Session session(kSettings + device);
        Player player;
        player.play();
        stream == Stream::paused ? player.pause() : player.close();
        hal::nap(kSettling);
        for (auto _ : state) state.counters["a_second"] = waits_a_second();
      } catch (const std::exception& error) {
        state.SkipWithError(error.what());
      }
    })->Iterations(1);
}

}  // namespace

void add_wake_ups() {
  add_device<Nobody>("clocked", "clocked");
  add_device<test::PrivatePulse>("PulseAudio", "PulseAudio/ref");
  add_device<test::PrivatePipewire>("PipeWire", "PipeWire/ref");
  add_device<test::PrivateJack>("JACK", "JACK/system");
  add_device<test::AlsaJack>("ALSA", "ALSA/default");
}

}  // namespace refwave::bench
