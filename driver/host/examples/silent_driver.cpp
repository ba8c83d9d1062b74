// The smallest correct wave driver: one playback device whose sound goes nowhere, at the pace of real sound,
// built from Windows' headers alone. What it leaves out, and where refwave has it, is in README.md.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h wants mmsystem.h first.
#include <mmddk.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

// MinGW's mmddk.h lacks it. NOLINTNEXTLINE(readability-redundant-declaration): refwave's own has it.
extern "C" BOOL APIENTRY DriverCallback(DWORD_PTR, DWORD, HDRVR, DWORD, DWORD_PTR, DWORD_PTR, DWORD_PTR);

namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

class Stream;
/// The stream whose player this thread is: what calls the driver then is a callback.
thread_local const Stream* own_stream = nullptr;

/// An open stream. Its thread, the player, tells the client of finished blocks, and holds no lock meanwhile:
/// a callback may call the driver.
class Stream {
 public:
  Stream(const WAVEOPENDESC& open, DWORD flags)
      : open_(open),
        notify_(HIWORD(flags)),
        rate_(open.lpFormat->nSamplesPerSec),
        frame_(open.lpFormat->nBlockAlign) {}
  void tell(UINT message, WAVEHDR* header = nullptr) {
    DriverCallback(open_.dwCallback, notify_, reinterpret_cast<HDRVR>(open_.hWave), message, open_.dwInstance,
                   reinterpret_cast<DWORD_PTR>(header), 0);
  }
  DWORD write(WAVEHDR* header) {
    if (header == nullptr) return MMSYSERR_INVALPARAM;
    const std::lock_guard lock(mutex_);
    if (header->lpData == nullptr || (header->dwFlags & WHDR_PREPARED) == 0) return WAVERR_UNPREPARED;
    if ((header->dwFlags & WHDR_INQUEUE) != 0) return WAVERR_STILLPLAYING;
    advance();
    header->dwFlags = (header->dwFlags & ~DWORD{WHDR_DONE}) | WHDR_INQUEUE;
    queue_.push_back(header);
    changed_.notify_all();
    return MMSYSERR_NOERROR;
  }
  DWORD pause(bool paused) {
    const std::lock_guard lock(mutex_);
    advance();
    paused_ = paused;
    changed_.notify_all();
    return MMSYSERR_NOERROR;
  }
  /// All blocks are done at once. Waits for the last callback, but not inside one.
  DWORD reset() {
    std::unique_lock lock(mutex_);
    while (!queue_.empty()) finish();
    played_ = in_block_ = 0;
    paused_ = false;
    changed_.notify_all();
    while (!telling_ && !finished_.empty()) give_back(lock);
    if (own_stream == nullptr) changed_.wait(lock, [this] { return finished_.empty() && !telling_; });
    return MMSYSERR_NOERROR;
  }
  /// Tells of the close at last, after the messages of all blocks.
  DWORD close() {
    std::unique_lock lock(mutex_);
    if (closed_) return MMSYSERR_INVALHANDLE;
    if (!queue_.empty()) return WAVERR_STILLPLAYING;
    closed_ = true;
    changed_.notify_all();
    while (own_stream == this && !finished_.empty()) give_back(lock);
    changed_.wait(lock, [this] { return own_stream == this || (finished_.empty() && !telling_); });
    lock.unlock();
    tell(WOM_CLOSE);
    return MMSYSERR_NOERROR;
  }
  DWORD position(MMTIME* time, DWORD_PTR size) {
    if (time == nullptr) return MMSYSERR_INVALPARAM;
    if (size < sizeof(MMTIME)) return MMSYSERR_ERROR;
    const std::lock_guard lock(mutex_);
    advance();
    const auto frames = (played_ + in_block_) / frame_;
    if (time->wType != TIME_BYTES) time->wType = TIME_SAMPLES;
    time->u.cb = static_cast<DWORD>(time->wType == TIME_BYTES ? frames * frame_ : frames);
    return MMSYSERR_NOERROR;
  }
  /// The player: plays, and tells of what is finished.
  void play() {
    own_stream = this;
    std::unique_lock lock(mutex_);
    while (!closed_ || !finished_.empty()) {
      advance();
      if (!telling_ && !finished_.empty()) {
        give_back(lock);
      } else if (is_playing()) {
        changed_.wait_until(lock, began_ + time_of(queue_.front()->dwBufferLength));
      } else {
        changed_.wait(lock, [this] { return !telling_ && (closed_ || is_playing() || !finished_.empty()); });
      }
    }
  }

 private:  // The caller has the mutex.
  bool is_playing() const { return !paused_ && !queue_.empty(); }
  Nanoseconds time_of(unsigned long long bytes) const {
    return Nanoseconds(bytes * 1'000'000'000 / (rate_ * frame_));
  }
  /// Plays as far as the clock is.
  void advance() {
    const Clock::time_point now = Clock::now();
    if (!is_playing()) began_ = now - time_of(in_block_);
    while (is_playing()) {
      const DWORD bytes = queue_.front()->dwBufferLength;
      in_block_ =
          static_cast<unsigned long long>(Nanoseconds(now - began_).count()) * rate_ * frame_ / 1'000'000'000;
      if (now < began_ + time_of(bytes)) return;
      began_ += time_of(bytes);
      played_ += bytes;
      in_block_ = 0;
      finish();
    }
  }
  void finish() {
    WAVEHDR* header = queue_.front();
    queue_.pop_front();
    header->dwFlags = (header->dwFlags & ~DWORD{WHDR_INQUEUE}) | WHDR_DONE;
    finished_.push_back(header);
  }
  void give_back(std::unique_lock<std::mutex>& lock) {
    WAVEHDR* header = finished_.front();
    finished_.pop_front();
    telling_ = true;
    lock.unlock();
    tell(WOM_DONE, header);
    lock.lock();
    telling_ = false;
    changed_.notify_all();
  }

  const WAVEOPENDESC open_;
  const DWORD notify_;                     // DCB_*
  const unsigned long long rate_, frame_;  // frames a second, bytes of a frame
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WAVEHDR*> queue_, finished_;
  unsigned long long played_ = 0, in_block_ = 0;  // bytes: of finished blocks, of the one that plays
  Clock::time_point began_;                       // when the block that plays began
  bool paused_ = false, closed_ = false, telling_ = false;
};

struct Open {
  std::shared_ptr<Stream> stream;
  std::thread player;
};
std::mutex streams_mutex;
std::map<DWORD_PTR, Open> streams;
std::vector<std::thread> players;  // of streams that were closed in a callback
std::atomic<bool> enabled = false;

DWORD open(DWORD_PTR* user, const WAVEOPENDESC* description, DWORD flags) {
  if (description == nullptr || description->lpFormat == nullptr) return MMSYSERR_INVALPARAM;
  const PCMWAVEFORMAT& format = *reinterpret_cast<const PCMWAVEFORMAT*>(description->lpFormat);
  const WORD bits = format.wBitsPerSample, channels = format.wf.nChannels;
  if (format.wf.wFormatTag != WAVE_FORMAT_PCM || (channels != 1 && channels != 2) ||
      (bits != 8 && bits != 16) || format.wf.nSamplesPerSec < 8000 || format.wf.nSamplesPerSec > 192000 ||
      format.wf.nBlockAlign != channels * bits / 8) {
    return WAVERR_BADFORMAT;
  }
  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;
  const auto stream = std::make_shared<Stream>(*description, flags);
  {
    static DWORD_PTR newest = 0;
    const std::lock_guard lock(streams_mutex);
    *user = ++newest;
    streams[newest] = {stream, std::thread([stream] { stream->play(); })};
  }
  stream->tell(WOM_OPEN);
  return MMSYSERR_NOERROR;
}

std::shared_ptr<Stream> find(DWORD_PTR user) {
  const std::lock_guard lock(streams_mutex);
  const auto found = streams.find(user);
  return found == streams.end() ? nullptr : found->second.stream;
}

DWORD close(DWORD_PTR user, Stream& stream) {
  if (const DWORD error = stream.close(); error != MMSYSERR_NOERROR) return error;
  std::unique_lock lock(streams_mutex);
  std::thread player = std::move(streams[user].player);
  streams.erase(user);
  if (own_stream == &stream) {
    players.push_back(std::move(player));
    return MMSYSERR_NOERROR;
  }
  lock.unlock();
  player.join();
  return MMSYSERR_NOERROR;
}

DWORD capabilities(void* to, DWORD_PTR size) {
  if (to == nullptr && size != 0) return MMSYSERR_INVALPARAM;
  WAVEOUTCAPSW caps{};
  constexpr WCHAR kName[] = {'S', 'i', 'l', 'e', 'n', 'c', 'e'};
  std::ranges::copy(kName, caps.szPname);
  caps.vDriverVersion = 0x0100;
  caps.dwFormats = 0xFFFFF;
  caps.wChannels = 2;
  caps.dwSupport = WAVECAPS_SAMPLEACCURATE;
  if (size != 0) std::memcpy(to, &caps, std::min<DWORD_PTR>(size, sizeof caps));
  return MMSYSERR_NOERROR;
}

/// Gives every header back, closes every stream, and ends every player.
void disable() {
  enabled = false;
  std::unique_lock lock(streams_mutex);
  while (!streams.empty()) {
    const DWORD_PTR user = streams.begin()->first;
    const std::shared_ptr<Stream> stream = streams.begin()->second.stream;
    lock.unlock();
    stream->reset();
    close(user, *stream);
    lock.lock();
  }
  std::vector<std::thread> ended = std::exchange(players, {});
  lock.unlock();
  for (std::thread& player : ended) player.join();
}

}  // namespace

#ifdef _WIN32
#define EXPORTED extern "C"  // a .def file names them
#else
#define EXPORTED extern "C" __attribute__((visibility("default")))
#endif

EXPORTED DWORD APIENTRY wodMessage(UINT device, UINT message, DWORD_PTR user, DWORD_PTR parameter1,
                                   DWORD_PTR parameter2) {
  if (message >= DRVM_INIT && message <= DRVM_INIT_EX) return MMSYSERR_NOERROR;
  if (!enabled) return message == WODM_GETNUMDEVS ? 0 : MMSYSERR_NOTENABLED;
  if (message == WODM_GETNUMDEVS) return 1;
  if (message < WODM_GETDEVCAPS || message > WODM_BREAKLOOP) return MMSYSERR_NOTSUPPORTED;
  if (device != 0) return MMSYSERR_BADDEVICEID;
  if (message == WODM_GETDEVCAPS) return capabilities(reinterpret_cast<void*>(parameter1), parameter2);
  if (message == WODM_OPEN) {
    return open(reinterpret_cast<DWORD_PTR*>(user), reinterpret_cast<WAVEOPENDESC*>(parameter1),
                static_cast<DWORD>(parameter2));
  }
  const std::shared_ptr<Stream> stream = find(user);
  if (stream == nullptr) return MMSYSERR_INVALHANDLE;
  if (message == WODM_CLOSE) return close(user, *stream);
  if (message == WODM_WRITE) return stream->write(reinterpret_cast<WAVEHDR*>(parameter1));
  if (message == WODM_PAUSE || message == WODM_RESTART) return stream->pause(message == WODM_PAUSE);
  if (message == WODM_RESET) return stream->reset();
  if (message == WODM_BREAKLOOP) return MMSYSERR_NOERROR;
  if (message == WODM_GETPOS) return stream->position(reinterpret_cast<MMTIME*>(parameter1), parameter2);
  return MMSYSERR_NOTSUPPORTED;  // winmm prepares headers itself
}

EXPORTED LRESULT CALLBACK DriverProc(DWORD_PTR identifier, HDRVR driver, UINT message, LPARAM parameter1,
                                     LPARAM parameter2) {
  static std::atomic<LRESULT> instances = 0;
  if (message == DRV_OPEN) return ++instances;
  if (message == DRV_ENABLE) enabled = true;
  if (message == DRV_DISABLE || message == DRV_FREE) disable();
  if (message == DRV_INSTALL || message == DRV_REMOVE) return DRVCNF_OK;
  if (message == DRV_QUERYCONFIGURE || message == DRV_CONFIGURE)
    return DRVCNF_CANCEL;  // 0: there is no dialog
  constexpr UINT kAnswered[] = {DRV_LOAD, DRV_ENABLE, DRV_CLOSE, DRV_DISABLE, DRV_FREE, DRV_POWER};
  if (std::ranges::find(kAnswered, message) != std::end(kAnswered)) return 1;
  return DefDriverProc(identifier, driver, message, parameter1, parameter2);
}
