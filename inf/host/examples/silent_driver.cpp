// A small wave driver: one playback device whose sound goes nowhere, in real time. It keeps each rule of
// `refwave conform` but those that README.md lists.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h wants mmsystem.h first.
#include <mmddk.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

// MinGW's mmddk.h lacks it. NOLINTNEXTLINE(readability-redundant-declaration): refwave's own has it.
extern "C" BOOL APIENTRY DriverCallback(DWORD_PTR, DWORD, HDRVR, DWORD, DWORD_PTR, DWORD_PTR, DWORD_PTR);

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::nanoseconds kSecond = std::chrono::seconds(1);

/// Guards everything. It is free while a client is called, because a callback may call the driver.
std::mutex mutex;

/// An open stream. Its headers go from `queue` to `finished`, and from there back to the client.
struct Stream {
  WAVEOPENDESC client;
  DWORD notify;                    // how the client is notified: DCB_*
  DWORD rate, frame_bytes;         // frames a second, bytes of a frame
  std::list<WAVEHDR*> queue{};     // the first one plays
  std::list<WAVEHDR*> finished{};  // DONE, but the client was not notified yet
  DWORD played = 0;                // frames before the first one of the queue; wraps, as positions do
  Clock::time_point began{};       // when the first one began to play
  std::optional<Clock::time_point> paused_at{};
  std::thread::id notifier{};  // the thread that is in the client's callback
  bool closed = false;
  std::condition_variable_any changed{};  // wakes the player
  std::thread player{};                   // runs play()

  Clock::time_point now() const { return paused_at.value_or(Clock::now()); }
  DWORD frames_of_first() const { return queue.front()->dwBufferLength / frame_bytes; }
  Clock::time_point end_of_first() const { return began + frames_of_first() * kSecond / rate; }
  void finish_first() {
    played += frames_of_first();
    began = end_of_first();
    WAVEHDR* header = queue.front();
    finished.splice(finished.end(), queue, queue.begin());
    header->dwFlags = (header->dwFlags & ~DWORD{WHDR_INQUEUE}) | WHDR_DONE;
  }
  void notify_client(UINT message, WAVEHDR* header = nullptr) {
    mutex.unlock();
    DriverCallback(client.dwCallback, notify, reinterpret_cast<HDRVR>(client.hWave), message,
                   client.dwInstance, reinterpret_cast<DWORD_PTR>(header), 0);
    mutex.lock();
  }
  /// Unless a thread is in the client's callback already: that one delivers these headers, too.
  void notify_of_finished() {
    while (notifier == std::thread::id{} && !finished.empty()) {
      WAVEHDR* header = finished.front();
      finished.pop_front();
      notifier = std::this_thread::get_id();
      notify_client(WOM_DONE, header);
      notifier = {};
    }
    changed.notify_all();
  }
  void play() {
    const std::lock_guard lock(mutex);
    while (!closed || !finished.empty() || notifier != std::thread::id{}) {
      if (queue.empty() || paused_at) {
        changed.wait(mutex);
      } else if (Clock::now() < end_of_first()) {
        changed.wait_until(mutex, end_of_first());
      } else {
        finish_first();
      }
      notify_of_finished();
    }
  }
  DWORD write(WAVEHDR* header) {
    if (header == nullptr) return MMSYSERR_INVALPARAM;
    if (header->lpData == nullptr || (header->dwFlags & WHDR_PREPARED) == 0) return WAVERR_UNPREPARED;
    if ((header->dwFlags & WHDR_INQUEUE) != 0) return WAVERR_STILLPLAYING;
    if (queue.empty()) began = now();
    queue.push_back(header);
    header->dwFlags = (header->dwFlags & ~DWORD{WHDR_DONE}) | WHDR_INQUEUE;
    return MMSYSERR_NOERROR;
  }
  DWORD pause(bool paused) {
    began += Clock::now() - now();  // as if the time of the pause had not been
    paused_at = paused ? std::optional(Clock::now()) : std::nullopt;
    return MMSYSERR_NOERROR;
  }
  DWORD reset() {
    while (!queue.empty()) finish_first();
    played = 0;
    paused_at.reset();
    notify_of_finished();
    return MMSYSERR_NOERROR;
  }
  DWORD position(MMTIME* time, DWORD_PTR size) const {
    if (time == nullptr) return MMSYSERR_INVALPARAM;
    if (size < sizeof(MMTIME)) return MMSYSERR_ERROR;
    const auto of_first = queue.empty() ? Clock::duration{} : std::min(now(), end_of_first()) - began;
    const DWORD frames = played + static_cast<DWORD>(of_first * rate / kSecond);
    if (time->wType != TIME_SAMPLES) time->wType = TIME_BYTES;
    time->u.cb = time->wType == TIME_BYTES ? frames * frame_bytes : frames;
    return MMSYSERR_NOERROR;
  }
};

bool enabled = false;
/// By dwUser. Never destroyed: players still run when a process just ends.
auto& streams = *new std::map<DWORD_PTR, std::shared_ptr<Stream>>;

DWORD open(DWORD_PTR user, const WAVEOPENDESC* client, DWORD_PTR flags) {
  if (client == nullptr || client->lpFormat == nullptr) return MMSYSERR_INVALPARAM;
  const auto& [format, bits] = *reinterpret_cast<const PCMWAVEFORMAT*>(client->lpFormat);
  if (format.wFormatTag != WAVE_FORMAT_PCM || (format.nChannels != 1 && format.nChannels != 2) ||
      (bits != 8 && bits != 16) || format.nBlockAlign != format.nChannels * bits / 8 ||
      format.nSamplesPerSec < 8000 || format.nSamplesPerSec > 192000) {
    return WAVERR_BADFORMAT;
  }
  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;
  static DWORD_PTR newest = 0;
  const std::shared_ptr<Stream> stream(
      new Stream{*client, HIWORD(flags), format.nSamplesPerSec, format.nBlockAlign});
  stream->player = std::thread(&Stream::play, stream);
  streams[*reinterpret_cast<DWORD_PTR*>(user) = ++newest] = stream;
  stream->notify_client(WOM_OPEN);
  return MMSYSERR_NOERROR;
}

/// The player ends when the client was notified of everything. Its own callback cannot wait for that.
DWORD close(DWORD_PTR user, Stream& stream) {
  if (!stream.queue.empty() || stream.notifier == std::this_thread::get_id()) return WAVERR_STILLPLAYING;
  if (streams.erase(user) == 0) return MMSYSERR_INVALHANDLE;
  stream.closed = true;
  mutex.unlock();
  stream.player.join();
  mutex.lock();
  stream.notify_client(WOM_CLOSE);
  return MMSYSERR_NOERROR;
}

DWORD capabilities(char* to, DWORD_PTR size) {
  // Version 1.0, stereo, and every rate from 11025 to 96000 Hz that has a bit, with 8 and 16 bits.
  constexpr WAVEOUTCAPSW kCaps = {0, 0, 0x0100, {'S', 'i', 'l', 'e', 'n', 'c', 'e'}, 0xFFFFF, 2, 0, 0};
  if (to == nullptr && size != 0) return MMSYSERR_INVALPARAM;
  std::copy_n(reinterpret_cast<const char*>(&kCaps), std::min<DWORD_PTR>(size, sizeof kCaps), to);
  return MMSYSERR_NOERROR;
}

}  // namespace

extern "C" DWORD APIENTRY wodMessage(UINT device, UINT message, DWORD_PTR user, DWORD_PTR p1,
                                     DWORD_PTR p2) try {
  const std::lock_guard lock(mutex);
  if (message >= DRVM_INIT && message <= DRVM_INIT_EX) return MMSYSERR_NOERROR;
  if (message == WODM_GETNUMDEVS) return enabled ? 1 : 0;
  if (!enabled) return MMSYSERR_NOTENABLED;
  if (message < WODM_GETDEVCAPS || message > WODM_BREAKLOOP) return MMSYSERR_NOTSUPPORTED;
  if (device != 0) return MMSYSERR_BADDEVICEID;
  if (message == WODM_GETDEVCAPS) return capabilities(reinterpret_cast<char*>(p1), p2);
  if (message == WODM_OPEN) return open(user, reinterpret_cast<WAVEOPENDESC*>(p1), p2);
  const auto found = streams.find(user);
  if (found == streams.end()) return MMSYSERR_INVALHANDLE;
  const std::shared_ptr<Stream> stream = found->second;
  stream->changed.notify_all();  // the player looks again as soon as the mutex is free
  if (message == WODM_CLOSE) return close(user, *stream);
  if (message == WODM_WRITE) return stream->write(reinterpret_cast<WAVEHDR*>(p1));
  if (message == WODM_PAUSE || message == WODM_RESTART) return stream->pause(message == WODM_PAUSE);
  if (message == WODM_RESET) return stream->reset();
  if (message == WODM_GETPOS) return stream->position(reinterpret_cast<MMTIME*>(p1), p2);
  return message == WODM_BREAKLOOP ? MMSYSERR_NOERROR : MMSYSERR_NOTSUPPORTED;
} catch (...) {  // there is no memory, or no thread
  return MMSYSERR_NOMEM;
}

extern "C" LRESULT CALLBACK DriverProc(DWORD_PTR id, HDRVR driver, UINT message, LPARAM p1, LPARAM p2) {
  const std::lock_guard lock(mutex);
  static LRESULT instances = 0;
  if (message == DRV_OPEN) return ++instances;
  if (message == DRV_ENABLE) enabled = true;
  if (message == DRV_DISABLE || message == DRV_FREE) {
    enabled = false;
    for (const auto& [user, stream] : std::map(streams)) {
      stream->reset();
      close(user, *stream);
    }
  }
  if ((message >= DRV_LOAD && message <= DRV_FREE) || message == DRV_POWER) return 1;
  return DefDriverProc(id, driver, message, p1, p2);
}
