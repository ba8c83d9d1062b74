// A wave driver that is heard and that records: any number of streams, mixed in PortAudio's callback. It
// keeps each rule of `refwave conform` but those that README.md lists. Read silent_driver.cpp first.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h and mmreg.h want mmsystem.h first.
#include <mmddk.h>
#include <mmreg.h>
#include <portaudio.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

// MinGW's mmddk.h lacks it. NOLINTNEXTLINE(readability-redundant-declaration): refwave's own has it.
extern "C" BOOL APIENTRY DriverCallback(DWORD_PTR, DWORD, HDRVR, DWORD, DWORD_PTR, DWORD_PTR, DWORD_PTR);

namespace {

using Frame = std::array<float, 2>;  // left and right, full scale is 1

struct Format {
  DWORD rate;     // frames a second
  WORD channels;  // 1 to 8
  WORD bytes;     // of a sample
  WORD frame_bytes;
  bool is_float;  // otherwise integers, of which those of one byte are unsigned
};

/// Returns: a rate of 0 for a format that cannot be played. A PCMWAVEFORMAT has no more than 16 bytes.
Format parse(const WAVEFORMAT* format) {
  WAVEFORMATEXTENSIBLE wave = {};
  std::memcpy(&wave, format, sizeof(PCMWAVEFORMAT));
  WORD tag = wave.Format.wFormatTag;
  if (tag == WAVE_FORMAT_EXTENSIBLE) {
    std::memcpy(&wave, format, sizeof(WAVEFORMATEX));
    if (wave.Format.cbSize < sizeof wave - sizeof(WAVEFORMATEX)) return {};
    std::memcpy(&wave, format, sizeof wave);
    for (const GUID& known : {KSDATAFORMAT_SUBTYPE_PCM, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT})
      if (std::memcmp(&wave.SubFormat, &known, sizeof known) == 0) tag = static_cast<WORD>(known.Data1);
  }
  const auto [_, channels, rate, bytes_a_second, frame_bytes, bits, size] = wave.Format;
  const bool is_float = tag == WAVE_FORMAT_IEEE_FLOAT && (bits == 32 || bits == 64);
  const bool is_pcm = tag == WAVE_FORMAT_PCM && bits % 8 == 0 && bits >= 8 && bits <= 32;
  if (channels < 1 || channels > 8 || rate < 8000 || rate > 192000) return {};
  if ((!is_pcm && !is_float) || frame_bytes != channels * bits / 8) return {};
  return {rate, channels, static_cast<WORD>(bits / 8), frame_bytes, is_float};
}

float decode_sample(const char* at, const Format& format) {
  if (format.is_float) {
    double wide = 0;
    float narrow = 0;
    std::memcpy(format.bytes == 8 ? static_cast<void*>(&wide) : &narrow, at, format.bytes);
    return format.bytes == 8 ? static_cast<float>(wide) : narrow;
  }
  std::uint32_t bits = 0;  // the sample at the top of 32 bits
  std::memcpy(reinterpret_cast<char*>(&bits) + 4 - format.bytes, at, format.bytes);
  if (format.bytes == 1) bits ^= 0x80000000;
  return static_cast<float>(static_cast<std::int32_t>(bits)) * 0x1p-31F;
}

/// A single channel is heard on both sides, and so is each channel beyond the second, at half its level.
Frame decode(const char* at, const Format& format) {
  Frame frame = {};
  for (int channel = 0; channel < format.channels; ++channel, at += format.bytes) {
    const float sample = decode_sample(at, format);
    if (channel != 1) frame[0] += channel < 2 ? sample : sample / 2;
    if (channel != 0 || format.channels == 1) frame[1] += channel < 2 ? sample : sample / 2;
  }
  return frame;
}

void encode(const Frame& frame, char* at, const Format& format) {
  const double full_scale = std::exp2(8 * format.bytes - 1);
  const float first = format.channels == 1 ? (frame[0] + frame[1]) / 2 : frame[0];
  for (int channel = 0; channel < format.channels; ++channel, at += format.bytes) {
    const float narrow = channel == 0 ? first : channel == 1 ? frame[1] : 0;
    const double wide = narrow;
    std::int64_t integer = std::llrint(std::clamp(wide * full_scale, -full_scale, full_scale - 1));
    if (format.bytes == 1) integer += 128;
    const void* const as_float = format.bytes == 8 ? static_cast<const void*>(&wide) : &narrow;
    std::memcpy(at, format.is_float ? as_float : &integer, format.bytes);
  }
}

/// Another rate, by straight lines between two frames. At equal rates each frame comes out as it went in.
struct Resampler {
  double step;       // frames in for a frame out
  double phase = 2;  // of the next frame out: 0 is `before`, 1 is `after`
  Frame before{}, after{};

  bool needs_input() const { return phase > 1; }
  void put(const Frame& frame) {
    before = std::exchange(after, frame);
    phase -= 1;
  }
  Frame take() {
    const auto t = static_cast<float>(std::exchange(phase, phase + step));
    return {std::lerp(before[0], after[0], t), std::lerp(before[1], after[1], t)};
  }
};

/// Guards the streams. It is free while a client is called, because a callback may call the driver.
/// PortAudio's callback takes it, too, so no code that holds it waits.
std::mutex mutex;
struct Unlocked {
  Unlocked() { mutex.unlock(); }
  ~Unlocked() { mutex.lock(); }
};
/// Wakes the notifier. Not a std::counting_semaphore: MinGW's (GCC 12) may sleep through a release.
auto& work = *new std::condition_variable_any;  // never destroyed, as the notifier may wait at the end

/// An open stream. Its headers go from `queue` to `finished`, and from there back to the client.
struct Stream {
  WAVEOPENDESC client;
  DWORD notify;  // how the client is notified: DCB_*
  Format format;
  bool is_input;
  Resampler resampler;
  bool running = !is_input;
  std::list<WAVEHDR*> queue{};
  std::list<WAVEHDR*> finished{};                          // DONE, but the client was not notified yet
  std::list<WAVEHDR*>::iterator current = queue.end();     // the header that is played or filled
  std::list<WAVEHDR*>::iterator loop_begin = queue.end();  // the first header of the loop that is played
  DWORD passes = 0;                                        // of that loop, this one included
  DWORD offset = 0;                                        // frames of the current header that are over
  std::uint64_t position = 0;                              // frames played or recorded
  std::thread::id notifier{};                              // the thread that is in the client's callback
  std::condition_variable_any idle{};

  bool is_over() const { return offset >= (*current)->dwBufferLength / format.frame_bytes; }
  char* data() const { return (*current)->lpData + offset * format.frame_bytes; }
  /// Effects: the headers before `end` are done.
  void finish_until(std::list<WAVEHDR*>::iterator end) {
    loop_begin = queue.end();
    for (auto header = queue.begin(); header != end; ++header)
      (*header)->dwFlags = ((*header)->dwFlags & ~DWORD{WHDR_INQUEUE}) | WHDR_DONE;
    finished.splice(finished.end(), queue, queue.begin(), end);
  }
  /// The headers of a loop are done after its last pass. A loop whose end was not written in time ends here.
  void end_header() {
    const bool ends_loop = ((*current)->dwFlags & WHDR_ENDLOOP) != 0;
    const bool loops = loop_begin != queue.end();
    offset = 0;
    if (loops && ends_loop && passes > 1) {
      if (passes != 0xFFFFFFFF) --passes;
      current = loop_begin;
    } else if (++current == queue.end() || !loops || ends_loop) {
      finish_until(current);
    }
  }
  /// Returns: the next frame to be heard. The header that it ends may lie anywhere in a period.
  Frame next_frame() {
    for (int empty = 0; current != queue.end() && empty < 10; ++empty, end_header()) {
      if (offset == 0 && loop_begin == queue.end() && ((*current)->dwFlags & WHDR_BEGINLOOP) != 0) {
        loop_begin = current;
        passes = (*current)->dwLoops;
      }
      if (is_over()) continue;  // a header without a frame
      const Frame frame = decode(data(), format);
      advance();
      return frame;
    }
    return {};
  }
  void advance() {
    ++position;
    ++offset;
    if (is_over()) end_header();
  }
  void add_to(Frame& mix) {
    while (resampler.needs_input()) resampler.put(next_frame());
    const Frame frame = resampler.take();
    mix = {mix[0] + frame[0], mix[1] + frame[1]};
  }
  void record(const Frame& frame) {
    while (current != queue.end() && is_over()) end_header();
    if (current == queue.end()) return;  // a frame for which there is no header is lost
    encode(frame, data(), format);
    (*current)->dwBytesRecorded += format.frame_bytes;
    advance();
  }
  void capture(const Frame& frame) {
    resampler.put(frame);
    while (!resampler.needs_input()) record(resampler.take());
  }
  void notify_client(UINT message, WAVEHDR* header = nullptr) {
    const Unlocked unlocked;
    DriverCallback(client.dwCallback, notify, reinterpret_cast<HDRVR>(client.hWave), message,
                   client.dwInstance, reinterpret_cast<DWORD_PTR>(header), 0);
  }
  /// Unless a thread is in the client's callback already: that one delivers these headers, too.
  void notify_of_finished() {
    while (notifier == std::thread::id{} && !finished.empty()) {
      WAVEHDR* header = finished.front();
      finished.pop_front();
      notifier = std::this_thread::get_id();
      notify_client(is_input ? WIM_DATA : WOM_DONE, header);
      notifier = {};
    }
    idle.notify_all();
  }

  DWORD write(WAVEHDR* header) {
    if (header == nullptr) return MMSYSERR_INVALPARAM;
    if (header->lpData == nullptr || (header->dwFlags & WHDR_PREPARED) == 0) return WAVERR_UNPREPARED;
    if ((header->dwFlags & WHDR_INQUEUE) != 0) return WAVERR_STILLPLAYING;
    if (is_input) header->dwBytesRecorded = 0;
    header->dwFlags = (header->dwFlags & ~DWORD{WHDR_DONE}) | WHDR_INQUEUE;
    queue.push_back(header);
    if (current == queue.end()) current = std::prev(current);
    return MMSYSERR_NOERROR;
  }
  DWORD run(bool runs) {
    running = runs;
    if (is_input && !runs && offset != 0) end_header();  // WIDM_STOP returns what it has recorded
    notify_of_finished();
    return MMSYSERR_NOERROR;
  }
  DWORD reset() {
    finish_until(queue.end());
    current = queue.end();
    position = offset = 0;
    resampler = {resampler.step};
    return run(!is_input);
  }
  DWORD answer_position(MMTIME* time, DWORD_PTR size) const {
    if (time == nullptr) return MMSYSERR_INVALPARAM;
    if (size < sizeof(MMTIME)) return MMSYSERR_ERROR;
    if (time->wType != TIME_SAMPLES) time->wType = TIME_BYTES;
    time->u.cb = static_cast<DWORD>(position * (time->wType == TIME_BYTES ? format.frame_bytes : 1));
    return MMSYSERR_NOERROR;
  }
};

std::atomic<bool> enabled = false;
/// By dwUser. Never destroyed: PortAudio's callback may still run when a process just ends.
auto& streams = *new std::map<DWORD_PTR, std::shared_ptr<Stream>>;

/// On PortAudio's thread, once a period: waits for nothing but mutexes, allocates nothing, calls no client.
int process(const void* in, void* out, unsigned long frames, const PaStreamCallbackTimeInfo*,
            PaStreamCallbackFlags, void*) {
  const bool is_input = out == nullptr;
  if (!is_input) std::fill_n(static_cast<Frame*>(out), frames, Frame{});
  const std::lock_guard lock(mutex);
  for (const auto& [user, stream] : streams) {
    if (stream->is_input != is_input || !stream->running) continue;
    for (unsigned long i = 0; i < frames; ++i)
      is_input ? stream->capture(static_cast<const Frame*>(in)[i])
               : stream->add_to(static_cast<Frame*>(out)[i]);
    if (!stream->finished.empty()) work.notify_one();
  }
  return paContinue;
}

/// What runs from an open to DRV_DISABLE: the default output and input, and the notifier.
struct Devices {
  std::mutex mutex{};  // guards all of it; its holder may take the other one, and not the other way round
  bool has_portaudio = false;
  double rate[2] = {};  // of the output and the input; 0: not open
  std::jthread notifier{};

  static void notify_clients(const std::stop_token& end) {
    const std::lock_guard lock(::mutex);
    for (; !end.stop_requested(); work.wait(::mutex))
      for (const auto& [user, stream] : std::map(streams)) stream->notify_of_finished();
  }
  /// Returns: the rate of the device, or 0 if it cannot be opened.
  double start(bool is_input) {
    const Unlocked unlocked;
    const std::lock_guard lock(mutex);
    if (rate[is_input] != 0) return rate[is_input];
    has_portaudio = has_portaudio || Pa_Initialize() == paNoError;
    if (!notifier.joinable()) notifier = std::jthread(notify_clients);
    for (const double wanted : {48000, 44100, 96000, 192000}) {
      PaStream* stream = nullptr;
      const PaError error = Pa_OpenDefaultStream(&stream, is_input ? 2 : 0, is_input ? 0 : 2, paFloat32,
                                                 wanted, paFramesPerBufferUnspecified, process, nullptr);
      if (error == paNoError && Pa_StartStream(stream) == paNoError) return rate[is_input] = wanted;
      if (error == paNoError) Pa_CloseStream(stream);
    }
    return 0;
  }
  void stop() {
    const std::lock_guard lock(mutex);
    if (std::exchange(has_portaudio, false)) Pa_Terminate();  // closes the streams
    rate[0] = rate[1] = 0;
    notifier.request_stop();
    std::unique_lock(::mutex).unlock();  // the notifier waits, or will see the request
    work.notify_one();
    notifier = {};  // joins it
  }
};
Devices& devices = *new Devices;  // never destroyed, either

DWORD open(bool is_input, DWORD_PTR user, const WAVEOPENDESC* client, DWORD_PTR flags) {
  if (client == nullptr || client->lpFormat == nullptr) return MMSYSERR_INVALPARAM;
  const Format format = parse(client->lpFormat);
  if (format.rate == 0) return WAVERR_BADFORMAT;
  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;
  const double rate = devices.start(is_input);
  if (rate == 0) return MMSYSERR_NODRIVER;
  static DWORD_PTR newest = 0;
  const double step = is_input ? rate / format.rate : format.rate / rate;
  const std::shared_ptr<Stream> stream(
      new Stream{*client, DWORD{HIWORD(flags)} | DCB_NOSWITCH, format, is_input, {step}});
  streams[*reinterpret_cast<DWORD_PTR*>(user) = ++newest] = stream;
  stream->notify_client(is_input ? WIM_OPEN : WOM_OPEN);
  return MMSYSERR_NOERROR;
}

/// What a callback still has to deliver is dropped if it has not returned in a second.
DWORD close(DWORD_PTR user, Stream& stream) {
  if (!stream.queue.empty()) return WAVERR_STILLPLAYING;
  streams.erase(user);
  if (stream.notifier == std::this_thread::get_id()) stream.notifier = {};
  stream.idle.wait_for(mutex, std::chrono::seconds(1), [&] { return stream.notifier == std::thread::id{}; });
  stream.notify_of_finished();
  stream.finished.clear();
  stream.notify_client(stream.is_input ? WIM_CLOSE : WOM_CLOSE);
  return MMSYSERR_NOERROR;
}

/// An input's are the beginning of an output's: each format that has a bit, eight channels.
DWORD capabilities(bool is_input, char* to, DWORD_PTR size) {
  constexpr WAVEOUTCAPSW kCaps = {0, 0, 0x0100, {'A', 'u', 'd', 'i', 'b', 'l', 'e'}, 0xFFFFF, 8, 0, 0};
  const DWORD_PTR known = is_input ? sizeof(WAVEINCAPSW) : sizeof kCaps;
  if (to == nullptr && size != 0) return MMSYSERR_INVALPARAM;
  std::copy_n(reinterpret_cast<const char*>(&kCaps), std::min(size, known), to);
  return MMSYSERR_NOERROR;
}

void disable() {
  enabled = false;
  std::unique_lock lock(mutex);
  for (const auto& [user, stream] : std::map(streams)) {
    stream->reset();
    close(user, *stream);
  }
  lock.unlock();
  devices.stop();
}

/// An input's messages have the numbers of an output's here; its START is the other's PAUSE.
DWORD answer(bool is_input, UINT device, UINT message, DWORD_PTR user, DWORD_PTR p1, DWORD_PTR p2) try {
  const std::lock_guard lock(mutex);
  if (message >= DRVM_INIT && message <= DRVM_INIT_EX) return MMSYSERR_NOERROR;
  if (message == WODM_GETNUMDEVS) return enabled ? 1 : 0;
  if (!enabled) return MMSYSERR_NOTENABLED;
  if (message < WODM_GETDEVCAPS || message > WODM_BREAKLOOP) return MMSYSERR_NOTSUPPORTED;
  if (device != 0) return MMSYSERR_BADDEVICEID;
  if (message == WODM_GETDEVCAPS) return capabilities(is_input, reinterpret_cast<char*>(p1), p2);
  if (message == WODM_OPEN) return open(is_input, user, reinterpret_cast<WAVEOPENDESC*>(p1), p2);
  const auto found = streams.find(user);
  if (found == streams.end() || found->second->is_input != is_input) return MMSYSERR_INVALHANDLE;
  const std::shared_ptr<Stream> stream = found->second;
  if (message == WODM_CLOSE) return close(user, *stream);
  if (message == WODM_WRITE) return stream->write(reinterpret_cast<WAVEHDR*>(p1));
  if (message == WODM_GETPOS) return stream->answer_position(reinterpret_cast<MMTIME*>(p1), p2);
  if (message == WODM_RESET) return stream->reset();
  if (message == WODM_PAUSE) return stream->run(is_input);
  if (message == WODM_RESTART) return stream->run(!is_input);
  if (message != WODM_BREAKLOOP) return MMSYSERR_NOTSUPPORTED;
  stream->passes = 1;  // of the loop that is played, if there is one
  return MMSYSERR_NOERROR;
} catch (...) {  // there is no memory, or no thread
  return MMSYSERR_NOMEM;
}

}  // namespace

extern "C" DWORD APIENTRY wodMessage(UINT device, UINT message, DWORD_PTR user, DWORD_PTR p1, DWORD_PTR p2) {
  return answer(false, device, message, user, p1, p2);
}

extern "C" DWORD APIENTRY widMessage(UINT device, UINT message, DWORD_PTR user, DWORD_PTR p1, DWORD_PTR p2) {
  if (message <= WIDM_GETPOS) message -= WIDM_GETNUMDEVS - WODM_GETNUMDEVS;
  return answer(true, device, message, user, p1, p2);
}

extern "C" LRESULT CALLBACK DriverProc(DWORD_PTR id, HDRVR driver, UINT message, LPARAM p1, LPARAM p2) {
  static std::atomic<LRESULT> instances = 0;
  if (message == DRV_OPEN) return ++instances;
  if (message == DRV_ENABLE) enabled = true;
  if (message == DRV_DISABLE || message == DRV_FREE) disable();
  if ((message >= DRV_LOAD && message <= DRV_FREE) || message == DRV_POWER) return 1;
  return DefDriverProc(id, driver, message, p1, p2);
}
