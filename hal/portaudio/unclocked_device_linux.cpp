#include "hal/portaudio/unclocked_device.h"

#include <alsa/asoundlib.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "hal/capture/byte_ring.h"
#include "hal/capture/period_sink.h"
#include "hal/clocked/clocked_line.h"
#include "hal/portaudio/alsa_devices.h"
#include "hal/shared_library.h"
#include "hal/system/clock.h"
#include "hal/system/owned_thread.h"
#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kUsualPeriodFrames = 480;
constexpr std::uint32_t kBufferPeriods = 4;  // of the PCM
constexpr std::uint32_t kRingPeriods = 8;
constexpr std::chrono::milliseconds kNap{2};
constexpr std::chrono::milliseconds kOpening{500};  // longer: the open waits for the other end of a FIFO
constexpr std::chrono::seconds kStopping{1};        // how long a stop waits for a reader that takes nothing
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();
constexpr int kPending = -1;

struct Pcm {
  SharedLibrary library{"libasound.so.2"};
  decltype(&snd_pcm_open) open = library.find("snd_pcm_open");
  decltype(&snd_pcm_set_params) set_params = library.find("snd_pcm_set_params");
  decltype(&snd_pcm_prepare) prepare = library.find("snd_pcm_prepare");
  decltype(&snd_pcm_start) start = library.find("snd_pcm_start");
  decltype(&snd_pcm_drain) drain = library.find("snd_pcm_drain");
  decltype(&snd_pcm_writei) writei = library.find("snd_pcm_writei");
  decltype(&snd_pcm_readi) readi = library.find("snd_pcm_readi");
  decltype(&snd_pcm_close) close = library.find("snd_pcm_close");
  snd_pcm_t* handle = nullptr;
};

snd_pcm_format_t format_of(dsp::SampleType type) {
  constexpr std::array kFormats = {SND_PCM_FORMAT_U8,  SND_PCM_FORMAT_S16,   SND_PCM_FORMAT_S24_3LE,
                                   SND_PCM_FORMAT_S32, SND_PCM_FORMAT_FLOAT, SND_PCM_FORMAT_FLOAT64};
  return kFormats[static_cast<std::size_t>(type)];
}

/// The frames between the line's thread and the thread that reads or writes the PCM, each call of which may
/// block.
class Frames final : public PeriodSink, public PeriodSource {
 public:
  Frames(std::string pcm, Direction direction, const dsp::Format& format, std::uint32_t period_frames,
         std::shared_ptr<AudioCallback> callback)
      : pcm_(std::move(pcm)),
        direction_(direction),
        format_(format),
        callback_(std::move(callback)),
        period_(1'000'000'000LL * period_frames / format.rate),
        chunk_(period_frames * format.bytes_per_frame()),
        next_(chunk_.size()),
        ring_(kRingPeriods * chunk_.size()) {}

  /// The body of the thread.
  void run() noexcept {
    Pcm pcm;
    const int error = open(pcm);
    opened_ = error;
    if (error == 0) {
      // If the device was closed while the open waited for a reader, another one may have it by now.
      if (!ending_) direction_ == Direction::output ? write_all(pcm) : read_all(pcm);
      pcm.close(pcm.handle);
    } else if (is_given_up_) {
      lose();
    }
    ended_ = true;
  }
  /// Returns: 0; kPending, and a later failure is a loss; or an error as errno.
  int wait_for_open() {
    const auto deadline = Clock::now() + kOpening;
    while (opened_ == kPending && Clock::now() < deadline) nap(kNap);
    if (opened_ == kPending) is_given_up_ = true;
    return opened_;
  }
  void end() { ending_ = true; }
  /// Effects: from then on push() drops what has no room. Monotonic.
  void wait_until(std::int64_t ns) { waits_until_ns_ = ns; }

  void push(std::span<const std::byte> period, std::uint32_t used_frames) noexcept override {
    const auto used = period.first(used_frames * format_.bytes_per_frame());
    while (!used.empty() && !ring_.write(used)) {
      const std::int64_t now_ns = monotonic_now_ns();
      if (ended_.load(std::memory_order_relaxed) || now_ns > waits_until_ns_.load(std::memory_order_relaxed))
        return;
      sleep_until_ns(now_ns + std::chrono::nanoseconds(kNap).count());
    }
  }
  void flush(Clock::time_point deadline) override {
    const std::uint32_t wanted = ++flushes_wanted_;
    while (flushes_done_ != wanted && !ended_ && Clock::now() < deadline) nap(kNap);
  }

  bool peek(std::span<std::byte> period) noexcept override {
    have_ += ring_.read(std::span(next_).subspan(have_));
    if (have_ < period.size()) return false;
    std::memcpy(period.data(), next_.data(), period.size());
    return true;
  }
  void advance(std::uint32_t frames) noexcept override {
    const std::size_t bytes = frames * format_.bytes_per_frame();
    have_ -= bytes;
    std::memmove(next_.data(), next_.data() + bytes, have_);
  }

 private:
  /// Returns: 0, or an error as errno.
  int open(Pcm& pcm) const {
    const bool plays = direction_ == Direction::output;
    if (!pcm.library.is_complete()) return ENOSYS;
    const auto stream = plays ? SND_PCM_STREAM_PLAYBACK : SND_PCM_STREAM_CAPTURE;
    if (const int error = pcm.open(&pcm.handle, pcm_.c_str(), stream, 0); error < 0) return -error;
    const auto buffer_us =
        static_cast<unsigned>(kBufferPeriods * 1'000'000ULL * chunk_frames() / format_.rate);
    int error = pcm.set_params(pcm.handle, format_of(format_.type), SND_PCM_ACCESS_RW_INTERLEAVED,
                               format_.channels, format_.rate, 1, buffer_us);
    if (error >= 0 && !plays) error = pcm.start(pcm.handle);
    if (error < 0) pcm.close(pcm.handle);
    return error < 0 ? -error : 0;
  }

  void write_all(Pcm& pcm) {
    while (true) {
      // Read before the ring, so that what was pushed before a flush or the end is written.
      const bool last = ending_;
      const std::uint32_t wanted = flushes_wanted_;
      bool has_written = false;
      while (const std::size_t bytes = ring_.read(chunk_)) {
        if (!write(pcm, bytes / format_.bytes_per_frame())) return lose();
        has_written = true;
      }
      if (has_written) written_at_ = Clock::now();
      is_undrained_ = is_undrained_ || has_written;
      // `file` keeps its newest frames. At a pause they are written, because the program may end.
      const bool pauses = Clock::now() - written_at_ > 3 * period_;
      if (is_undrained_ && (pauses || wanted != flushes_done_)) drain(pcm);
      flushes_done_ = wanted;
      if (last) return;
      nap(kNap);
    }
  }
  void drain(Pcm& pcm) {
    pcm.drain(pcm.handle);
    pcm.prepare(pcm.handle);
    is_undrained_ = false;
  }
  bool write(Pcm& pcm, std::size_t frames) {
    const std::byte* data = chunk_.data();
    for (int failures = 0; frames > 0;) {
      const snd_pcm_sframes_t written = pcm.writei(pcm.handle, data, frames);
      if (written > 0) {
        frames -= static_cast<std::size_t>(written);
        data += static_cast<std::size_t>(written) * format_.bytes_per_frame();
        failures = 0;
      } else if (++failures > 1 || pcm.prepare(pcm.handle) < 0) {
        return false;
      }
    }
    return true;
  }

  void read_all(Pcm& pcm) {
    while (!ending_) {
      // `file` leaves untouched what its file does not have.
      std::memset(chunk_.data(), std::to_integer<int>(dsp::silent_byte(format_.type)), chunk_.size());
      if (pcm.readi(pcm.handle, chunk_.data(), chunk_frames()) < 0 && pcm.prepare(pcm.handle) < 0)
        return lose();
      while (!ending_ && !ring_.write(chunk_)) nap(kNap);
    }
  }

  std::size_t chunk_frames() const { return chunk_.size() / format_.bytes_per_frame(); }
  void lose() {
    ended_ = true;
    if (!ending_) callback_->on_lost();
  }

  const std::string pcm_;
  const Direction direction_;
  const dsp::Format format_;
  const std::shared_ptr<AudioCallback> callback_;
  const std::chrono::nanoseconds period_;
  std::vector<std::byte> chunk_;  // of the thread
  bool is_undrained_ = false;     // of the thread, as the next
  Clock::time_point written_at_;
  std::vector<std::byte> next_;  // of the line's thread, as the next
  std::size_t have_ = 0;
  ByteRing ring_;
  // The thread → control; `ended_` also → the line's thread.
  std::atomic<int> opened_{kPending};
  std::atomic<bool> ended_{false};
  std::atomic<std::uint32_t> flushes_done_{0};
  // Control → the thread; `waits_until_ns_` → the line's thread.
  std::atomic<bool> ending_{false};
  std::atomic<bool> is_given_up_{false};
  std::atomic<std::uint32_t> flushes_wanted_{0};
  std::atomic<std::int64_t> waits_until_ns_{kForever};
};

class UnclockedDevice final : public LineDevice {
 public:
  UnclockedDevice(std::shared_ptr<ClockedLine> line, Direction direction, std::size_t place, OpenInfo info,
                  std::shared_ptr<Frames> frames)
      : LineDevice(std::move(line), direction, place, std::move(info)), frames_(std::move(frames)) {}
  ~UnclockedDevice() override {
    stop();
    frames_->end();
    thread_.join(kStopping);
  }

  Status begin() {
    return thread_.start("refwave-pcm", 0, [frames = frames_] { frames->run(); });
  }
  Status start() override {
    frames_->wait_until(kForever);
    return LineDevice::start();
  }
  Status stop() override {
    frames_->wait_until(monotonic_now_ns() + std::chrono::nanoseconds(kStopping).count());
    return LineDevice::stop();
  }

 private:
  const std::shared_ptr<Frames> frames_;
  OwnedThread thread_;
};

dsp::Format wanted_format(const OpenRequest& request) {
  dsp::Format format = request.preferred;
  if (!request.any_type) format.type = request.type;
  if (request.channels > 0) format.channels = request.channels;
  if (format.channels != request.preferred.channels) format.channel_mask = 0;
  if (request.rate > 0) format.rate = request.rate;
  if (format.rate == 0) format.rate = kUsualRates[1];
  format.channels = std::clamp(format.channels, std::uint16_t{1}, dsp::kMaxChannels);
  format.valid_bits = 0;
  return format;
}

}  // namespace

OpenResult open_unclocked(const std::string& name, const OpenRequest& request,
                          std::shared_ptr<AudioCallback> callback) {
  const dsp::Format format = wanted_format(request);
  const std::uint32_t wanted_frames = request.period_at(format.rate);
  const std::uint32_t period_frames =
      std::clamp(wanted_frames > 0 ? wanted_frames : kUsualPeriodFrames, kShortestPeriod,
                 std::max(kShortestPeriod, format.rate / 10));
  const auto frames =
      std::make_shared<Frames>(alsa_pcm(name), request.direction, format, period_frames, callback);
  const bool plays = request.direction == Direction::output;
  const auto line = std::make_shared<ClockedLine>(
      ClockedLine::Options{.format = format,
                           .period_frames = period_frames,
                           .loop_frames = kBufferPeriods * period_frames,  // the latency
                           .priority = request.priority,
                           .may_wait = true},
      plays ? frames : nullptr, nullptr, plays ? nullptr : frames);
  const auto place = line->claim(request.direction, std::move(callback));
  OpenInfo info{.name = name,
                .format = format,
                .period_frames = period_frames,
                .latency_frames = kBufferPeriods * period_frames,
                .pause_ms = 1'000,
                .has_schedule = true,
                .starts_over = true};
  auto device = std::make_unique<UnclockedDevice>(line, request.direction, *place, std::move(info), frames);
  if (const Status begun = device->begin(); !begun.ok()) return {nullptr, name + ": " + begun.reason()};
  if (const int error = frames->wait_for_open(); error > 0)
    return {nullptr, name + ": " + alsa_reason(alsa_pcm(name), request.direction, error)};
  return {std::move(device), {}};
}

}  // namespace refwave::hal
