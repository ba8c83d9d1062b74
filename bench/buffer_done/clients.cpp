#include "bench/buffer_done/clients.h"

#include <winmm_host.h>

#include <semaphore>
#include <stdexcept>

#include "bench/buffer_done/wake_stamp.h"
#include "bench/common/machine.h"
#include "bench/common/samples.h"
#include "driver/winmm/refwave.h"

namespace refwave::bench {
namespace {

bool is_done(WAVEHDR& header) {
  auto* flags = reinterpret_cast<DWORD*>(reinterpret_cast<char*>(&header) + offsetof(WAVEHDR, dwFlags));
  return (std::atomic_ref<DWORD>(*flags).load(std::memory_order_acquire) & WHDR_DONE) != 0;
}

}  // namespace

std::string name_of(Callback callback) {
  static constexpr const char* kNames[] = {"function", "window", "event", "none"};
  return kNames[static_cast<std::size_t>(callback)];
}

void Clients::Stream::came_back(WAVEHDR& header, std::int64_t ns) noexcept {
  returns.add(ns);
  if (!ending.load(std::memory_order_relaxed)) waveOutWrite(wave, &header, sizeof header);
}

void Clients::Stream::hold_if_asked(std::int64_t ns) noexcept {
  const std::int64_t from = held_from_ns;
  if (ns < from) return;
  ++held;
  held_from_ns.wait(from);
}

void CALLBACK Clients::on_message(HWAVEOUT, UINT message, DWORD_PTR stream, DWORD_PTR header, DWORD_PTR) {
  const std::int64_t ns = now_ns();
  if (message != WOM_DONE) return;
  auto& self = *reinterpret_cast<Stream*>(stream);
  self.wakes.add(last_wake_ns());
  self.came_back(*reinterpret_cast<WAVEHDR*>(header), ns);
  self.hold_if_asked(ns);
}

/// A thread of the program, on the notifiers' core, because the notifiers wake it.
class Attendant {
 public:
  Attendant(Clients& clients, Callback callback) : clients_(clients), callback_(callback) {
    if (callback == Callback::event) event_ = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    thread_ = std::thread([this] { attend(); });
    ready_.acquire();
  }
  ~Attendant() {
    over_ = true;
    if (event_ != nullptr) SetEvent(event_);
    thread_.join();
    if (event_ != nullptr) CloseHandle(event_);
  }
  Attendant(const Attendant&) = delete;
  Attendant& operator=(const Attendant&) = delete;

  DWORD_PTR target() const { return reinterpret_cast<DWORD_PTR>(event_ != nullptr ? event_ : window_); }

 private:
  void attend() {
    pin_to(cores().far);
    if (callback_ == Callback::window) window_ = winmm_host_create_window();
    ready_.release();
    while (!over_) {
      if (callback_ == Callback::window)
        wait_for_message();
      else
        wait_for_event();
    }
    if (window_ != nullptr) winmm_host_destroy_window(window_);
  }

  void wait_for_message() {
    MSG message{};
    if (winmm_host_wait_message(&message, window_, 100) == FALSE || message.message != MM_WOM_DONE) return;
    const std::int64_t ns = now_ns();
    for (const auto& stream : clients_.streams_) {
      if (reinterpret_cast<WPARAM>(stream->wave) == message.wParam)
        stream->came_back(*reinterpret_cast<WAVEHDR*>(message.lParam), ns);
    }
  }

  void wait_for_event() {
    WaitForSingleObject(event_, INFINITE);
    const std::int64_t ns = now_ns();
    for (const auto& stream : clients_.streams_) {
      while (is_done(stream->headers[stream->next])) {
        WAVEHDR& header = stream->headers[stream->next];
        stream->next = (stream->next + 1) % stream->headers.size();
        stream->came_back(header, ns);
        if (stream->ending) break;
      }
    }
  }

  Clients& clients_;
  const Callback callback_;
  HANDLE event_ = nullptr;
  HWND window_ = nullptr;
  std::atomic<bool> over_{false};
  std::binary_semaphore ready_{0};
  std::thread thread_;
};

Clients::Clients(const ClientOptions& options) {
  static constexpr DWORD kFlags[] = {CALLBACK_FUNCTION, CALLBACK_WINDOW, CALLBACK_EVENT, CALLBACK_NULL};
  for (std::uint32_t i = 0; i < options.streams; ++i) streams_.push_back(std::make_unique<Stream>(options));
  if (options.callback == Callback::window || options.callback == Callback::event)
    attendant_ = std::make_unique<Attendant>(*this, options.callback);
  for (const auto& stream : streams_) {
    const DWORD_PTR target = attendant_                           ? attendant_->target()
                             : options.callback == Callback::none ? 0
                                                                  : reinterpret_cast<DWORD_PTR>(&on_message);
    open(*stream, options, target, kFlags[static_cast<std::size_t>(options.callback)]);
  }
  for (const auto& stream : streams_) write_all(*stream, options);
}

void Clients::open(Stream& stream, const ClientOptions& options, DWORD_PTR target, DWORD flags) const {
  WAVEFORMATEX format = {WAVE_FORMAT_PCM, 2, kRate, kRate * kFrameBytes, kFrameBytes, 16, 0};
  const MMRESULT result =
      waveOutOpen(&stream.wave, WAVE_MAPPER, &format, target, reinterpret_cast<DWORD_PTR>(&stream), flags);
  if (result != MMSYSERR_NOERROR)
    throw std::runtime_error("waveOutOpen: " + std::to_string(result) + " for " + name_of(options.callback));
}

void Clients::write_all(Stream& stream, const ClientOptions& options) {
  const DWORD bytes = options.frames * kFrameBytes;
  for (std::size_t i = 0; i < stream.headers.size(); ++i) {
    WAVEHDR& header = stream.headers[i];
    header.lpData = stream.memory.data() + i * bytes;
    header.dwBufferLength = bytes;
    waveOutPrepareHeader(stream.wave, &header, sizeof header);
    waveOutWrite(stream.wave, &header, sizeof header);
  }
}

Clients::~Clients() {
  for (const auto& stream : streams_) stream->ending = true;
  hold_first_from(kNever);
  for (const auto& stream : streams_) {
    if (stream->wave == nullptr) continue;
    waveOutReset(stream->wave);
    while (waveOutClose(stream->wave) == WAVERR_STILLPLAYING) waveOutReset(stream->wave);
  }
  attendant_.reset();
}

void Clients::hold_first_from(std::int64_t ns) {
  streams_[0]->held_from_ns = ns;
  streams_[0]->held_from_ns.notify_all();
}

WORD Clients::slot(std::size_t stream) const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  waveOutMessage(streams_[stream]->wave, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0);
  return static_cast<WORD>(statistics.dwSlot);
}

}  // namespace refwave::bench
