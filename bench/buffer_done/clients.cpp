#include "bench/buffer_done/clients.h"

#include <winmm_host.h>

#include <semaphore>
#include <stdexcept>

#include "bench/buffer_done/wake_stamp.h"
#include "bench/common/machine.h"
#include "bench/common/samples.h"

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

void Clients::Stream::hold_if_asked(std::int64_t ns) noexcept {
  const std::int64_t from = held_from_ns;
  if (ns < from) return;
  ++held;
  held_from_ns.wait(from);
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
    if (thread_.joinable()) stop();
    if (event_ != nullptr) CloseHandle(event_);
  }
  Attendant(const Attendant&) = delete;
  Attendant& operator=(const Attendant&) = delete;

  /// Effects: ends the thread. What the driver tells afterwards nobody hears.
  void stop() {
    over_ = true;
    if (event_ != nullptr) SetEvent(event_);
    thread_.join();
  }

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
    const auto* header = reinterpret_cast<const WAVEHDR*>(message.lParam);
    for (const auto& stream : clients_.streams_) {
      if (header == &stream->wave.queue().coming().header) stream->wave.came_back(header, ns);
    }
  }

  void wait_for_event() {
    WaitForSingleObject(event_, INFINITE);
    const std::int64_t ns = now_ns();
    for (const auto& stream : clients_.streams_) {
      cli::BlockQueue& queue = stream->wave.queue();
      while (queue.outstanding() > 0 && is_done(queue.coming().header))
        stream->wave.came_back(&queue.coming().header, ns);
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
  for (std::uint32_t i = 0; i < options.streams; ++i) streams_.push_back(std::make_unique<Stream>(options));
  if (options.callback == Callback::window || options.callback == Callback::event)
    attendant_ = std::make_unique<Attendant>(*this, options.callback);
  for (const auto& stream : streams_) {
    stream->wave.at_end_of_callback = [self = stream.get(), callback = options.callback](const WAVEHDR*,
                                                                                         std::int64_t ns) {
      if (callback == Callback::function) self->wakes.add(last_wake_ns());
      self->returns.add(ns);
      self->hold_if_asked(ns);
    };
    if (const MMRESULT result = open(stream->wave, options.callback); result != MMSYSERR_NOERROR)
      throw std::runtime_error("waveOutOpen: " + std::to_string(result) + " for " +
                               name_of(options.callback));
  }
  for (const auto& stream : streams_) stream->wave.repeat();
}

MMRESULT Clients::open(cli::WaveOut& wave, Callback callback) const {
  switch (callback) {
    case Callback::window:
      return wave.open(WAVE_MAPPER, attendant_->target(), CALLBACK_WINDOW);
    case Callback::event:
      return wave.open(WAVE_MAPPER, attendant_->target(), CALLBACK_EVENT);
    case Callback::none:
      return wave.open(WAVE_MAPPER, 0, CALLBACK_NULL);
    case Callback::function:
      break;
  }
  return wave.open(WAVE_MAPPER);
}

Clients::~Clients() {
  hold_first_from(kNever);
  if (attendant_) attendant_->stop();
  streams_.clear();
}

void Clients::hold_first_from(std::int64_t ns) {
  streams_[0]->held_from_ns = ns;
  streams_[0]->held_from_ns.notify_all();
}

WORD Clients::slot(std::size_t stream) const {
  return static_cast<WORD>(streams_[stream]->wave.statistics().value_or(REFWAVE_STATISTICS{}).dwSlot);
}

}  // namespace refwave::bench
