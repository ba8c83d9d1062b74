// A JACK client that records what refwave plays, or plays what refwave records, as raw stereo frames of
// 32-bit integers.
//
//   jack_ear record FILE           until it is ended; SIGUSR1 blocks it, SIGUSR2 ends that, SIGHUP: its state
//   jack_ear play FILE             from the first frame, as soon as refwave listens; then silence
#include <jack/jack.h>
#include <jack/ringbuffer.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t kChannels = 2;
/// The ports of refwave, or of ALSA's plugin for JACK, which names its client "program.P.process.number".
constexpr const char* kRefwaves = "^(refwave[^:]*|[^:]*\\.[PC]\\.[0-9]+\\.[0-9]+):";
constexpr double kFullScale = 2147483648.0;

volatile std::sig_atomic_t standing = 0;  // JACK's thread waits: SIGUSR1, until SIGUSR2
volatile std::sig_atomic_t ending = 0;    // a server waits seconds for a client that is killed
volatile std::sig_atomic_t asked = 0;     // SIGHUP: the main thread finds out its state anew, and tells it
std::atomic<bool> stands{false};          // JACK's thread → main thread: it waits

struct Ear {
  jack_client_t* client = nullptr;
  std::vector<jack_port_t*> ports;
  bool plays = false;
  std::vector<std::int32_t> to_play;      // constant while the client is active
  std::size_t played = 0;                 // used by JACK's thread alone
  std::atomic<bool> is_heard{false};      // main thread → JACK's: all ports are connected
  jack_ringbuffer_t* recorded = nullptr;  // JACK's thread → main thread
};

void record(Ear& ear, jack_nframes_t frames) {
  const float* channels[kChannels];
  for (std::size_t c = 0; c < kChannels; ++c)
    channels[c] = static_cast<const float*>(jack_port_get_buffer(ear.ports[c], frames));
  for (jack_nframes_t i = 0; i < frames; ++i) {
    for (const float* channel : channels) {
      const auto sample = static_cast<std::int32_t>(
          std::lrint(std::fmin(static_cast<double>(channel[i]) * kFullScale, kFullScale - 1)));
      jack_ringbuffer_write(ear.recorded, reinterpret_cast<const char*>(&sample), sizeof sample);
    }
  }
}

void play(Ear& ear, jack_nframes_t frames) {
  const bool is_heard = ear.is_heard.load(std::memory_order_acquire);
  for (std::size_t c = 0; c < kChannels; ++c) {
    auto* target = static_cast<float*>(jack_port_get_buffer(ear.ports[c], frames));
    for (jack_nframes_t i = 0; i < frames; ++i) {
      const std::size_t at = ear.played + i * kChannels + c;
      target[i] =
          is_heard && at < ear.to_play.size() ? static_cast<float>(ear.to_play[at] / kFullScale) : 0.0F;
    }
  }
  if (is_heard) ear.played += frames * kChannels;
}

int process(jack_nframes_t frames, void* self) {
  auto& ear = *static_cast<Ear*>(self);
  while (standing != 0 && ending == 0) {
    stands = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  stands = false;
  ear.plays ? play(ear, frames) : record(ear, frames);
  return 0;
}

/// Effects: connects this client's ports to those of every refwave client: on a loud machine an abandoned one
/// may linger. Returns: whether every port is connected.
bool connect(const Ear& ear) {
  const unsigned long theirs = ear.plays ? JackPortIsInput : JackPortIsOutput;
  const char** const found = jack_get_ports(ear.client, kRefwaves, JACK_DEFAULT_AUDIO_TYPE, theirs);
  std::size_t connected = 0;
  for (std::size_t c = 0; found != nullptr && found[c] != nullptr; ++c) {
    jack_port_t* const port = ear.ports[c % kChannels];
    const char* const ours = jack_port_name(port);
    // It fails as long as the other client is not active.
    connected += jack_port_connected_to(port, found[c]) != 0 ||
                 (ear.plays ? jack_connect(ear.client, ours, found[c])
                            : jack_connect(ear.client, found[c], ours)) == 0;
  }
  jack_free(found);
  return connected >= kChannels;
}

bool open(Ear& ear) {
  // JACK keeps clients of different servers apart by their names alone.
  const char* const server = std::getenv("JACK_DEFAULT_SERVER");
  const std::string name = std::string(ear.plays ? "mouth" : "ear") + (server == nullptr ? "" : server);
  ear.client = jack_client_open(name.c_str(), JackNoStartServer, nullptr);
  if (ear.client == nullptr) return false;
  ear.recorded = jack_ringbuffer_create(1U << 22U);
  for (std::size_t c = 0; c < kChannels; ++c)
    ear.ports.push_back(jack_port_register(ear.client, std::to_string(c + 1).c_str(), JACK_DEFAULT_AUDIO_TYPE,
                                           ear.plays ? JackPortIsOutput : JackPortIsInput, 0));
  jack_set_process_callback(ear.client, process, &ear);
  return jack_activate(ear.client) == 0;
}

std::vector<std::int32_t> samples_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto* const samples = reinterpret_cast<const std::int32_t*>(bytes.data());
  return {samples, samples + bytes.size() / sizeof(std::int32_t)};
}

void keep(Ear& ear, std::FILE* file) {
  char some[65'536];
  while (const std::size_t bytes = jack_ringbuffer_read(ear.recorded, some, sizeof some))
    std::fwrite(some, 1, bytes, file);
  std::fflush(file);
}

}  // namespace

int main(int count, char** arguments) {
  std::signal(SIGTERM, [](int) { ending = 1; });
  std::signal(SIGHUP, [](int) { asked = 1; });
  std::signal(SIGUSR1, [](int) { standing = 1; });
  std::signal(SIGUSR2, [](int) { standing = 0; });
  if (count != 3) return 2;
  Ear ear;
  ear.plays = std::string(arguments[1]) == "play";
  if (ear.plays) ear.to_play = samples_of(arguments[2]);
  std::FILE* const file = ear.plays ? nullptr : std::fopen(arguments[2], "wb");
  if (!open(ear) || (!ear.plays && file == nullptr)) return 1;
  std::string told;
  const auto tell = [&told](const char* state) {
    if (told == state) return;
    std::puts(state);
    std::fflush(stdout);
    told = state;
  };
  tell("ready");
  // JACK's graph follows a connection within some periods.
  constexpr int kSettledRounds = 10;
  for (int rounds = 0; ending == 0; std::this_thread::sleep_for(std::chrono::milliseconds(2))) {
    if (asked != 0) {
      asked = 0;
      rounds = 0;
      tell("asked");
    }
    rounds = connect(ear) ? std::min(rounds + 1, kSettledRounds) : 0;
    const bool is_heard = rounds == kSettledRounds;
    if (is_heard) ear.is_heard.store(true, std::memory_order_release);
    tell(stands ? "stands" : is_heard ? "connected" : "alone");
    if (file != nullptr) keep(ear, file);
  }
  jack_client_close(ear.client);
}
