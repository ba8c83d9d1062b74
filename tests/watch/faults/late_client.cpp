// A client that is late on purpose: late_client thread|restless|callback|record STREAMS LATE_MS EVERY
// SECONDS. Each stream has four blocks of 10 ms, written again by a thread of its own or inside the callback;
// or it records into them. After a second, each EVERYth block of the first stream comes late: its thread
// sleeps, or its callback computes; also the next block after a SIGUSR1. A restless client pauses the first
// stream, for 0.3 s and 4 s in turn, and resets it. Prints how many came late.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <semaphore>
#include <string>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

bool in_callback = false;
bool records = false;
std::chrono::milliseconds late{0};
int every = 0;
std::atomic<bool> is_faulty{true};
std::atomic<bool> is_asked{false};
std::atomic<bool> ending{false};
std::atomic<int> made{0};

struct Stream {
  HWAVEOUT out = nullptr;
  HWAVEIN in = nullptr;
  std::array<WAVEHDR, 4> headers{};
  std::array<std::array<short, 960>, 4> sound{};
  std::size_t next = 0;
  int done = 0;
  bool is_first = false;
  std::counting_semaphore<> returned{0};
  std::thread thread{};

  void write() {
    WAVEHDR& header = headers[next++ % headers.size()];
    if (ending) return;
    records ? waveInAddBuffer(in, &header, sizeof header) : waveOutWrite(out, &header, sizeof header);
  }
  bool is_due() {
    if (!is_first) return false;
    return is_asked.exchange(false) || (every != 0 && ++done % every == 0 && done >= 100 && is_faulty);
  }
  void run() {
    while (!ending) {
      if (!returned.try_acquire_for(std::chrono::milliseconds(100))) continue;
      if (is_due()) {
        std::this_thread::sleep_for(late);
        ++made;
      }
      write();
    }
  }
};

void CALLBACK on_done(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR, DWORD_PTR) {
  if (message != WOM_DONE && message != WIM_DATA) return;
  Stream& stream = *reinterpret_cast<Stream*>(instance);
  if (!in_callback) return stream.returned.release();
  if (stream.is_due()) {
    for (const auto end = Clock::now() + late; Clock::now() < end;) {
    }
    ++made;
  }
  stream.write();
}

MMRESULT open(Stream& stream) {
  const WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  const auto self = reinterpret_cast<DWORD_PTR>(&stream), callback = reinterpret_cast<DWORD_PTR>(&on_done);
  return records ? waveInOpen(&stream.in, WAVE_MAPPER, &format, callback, self, CALLBACK_FUNCTION)
                 : waveOutOpen(&stream.out, WAVE_MAPPER, &format, callback, self, CALLBACK_FUNCTION);
}

void pause_and_reset(HWAVEOUT out, std::chrono::seconds time) {
  using std::chrono::milliseconds;
  const auto end = Clock::now() + time;
  for (milliseconds pause(300); Clock::now() < end; pause = milliseconds(4'300) - pause) {
    std::this_thread::sleep_for(milliseconds(1'500));
    waveOutPause(out);
    std::this_thread::sleep_for(pause);
    waveOutRestart(out);
    std::this_thread::sleep_for(milliseconds(700));
    waveOutReset(out);
  }
}

}  // namespace

int main(int /*count*/, char** words) {
  std::signal(SIGUSR1, [](int) { is_asked = true; });
  in_callback = words[1] == std::string("callback");
  records = words[1] == std::string("record");
  late = std::chrono::milliseconds(std::atoi(words[3]));
  every = std::atoi(words[4]);
  std::deque<Stream> streams(static_cast<std::size_t>(std::atoi(words[2])));
  streams.front().is_first = true;
  for (Stream& stream : streams) {
    if (open(stream) != MMSYSERR_NOERROR) return 1;
    for (std::size_t i = 0; i < stream.headers.size(); ++i) {
      stream.sound[i].fill(1'000);
      stream.headers[i].lpData = reinterpret_cast<char*>(stream.sound[i].data());
      stream.headers[i].dwBufferLength = sizeof stream.sound[i];
      records ? waveInPrepareHeader(stream.in, &stream.headers[i], sizeof stream.headers[i])
              : waveOutPrepareHeader(stream.out, &stream.headers[i], sizeof stream.headers[i]);
    }
  }
  for (Stream& stream : streams) {
    if (!records) waveOutPause(stream.out);
    for (std::size_t i = 0; i < stream.headers.size(); ++i) stream.write();
    if (!in_callback) stream.thread = std::thread([&stream] { stream.run(); });
  }
  // A thread may start late, and a server takes much at once when it starts.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  for (Stream& stream : streams) records ? waveInStart(stream.in) : waveOutRestart(stream.out);
  const std::chrono::seconds time(std::atoi(words[5]));
  words[1] == std::string("restless") ? pause_and_reset(streams.front().out, time)
                                      : std::this_thread::sleep_for(time);
  // The last fault is to be seen, too.
  is_faulty = false;
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  ending = true;
  for (Stream& stream : streams) {
    if (stream.thread.joinable()) stream.thread.join();
    records ? waveInReset(stream.in) : waveOutReset(stream.out);
    records ? waveInClose(stream.in) : waveOutClose(stream.out);
  }
  std::printf("made %d\n", made.load());
}
