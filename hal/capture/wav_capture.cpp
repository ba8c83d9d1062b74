#include "hal/capture/wav_capture.h"

#include <atomic>
#include <new>
#include <utility>
#include <vector>

#include "hal/capture/byte_ring.h"
#include "hal/capture/wav_writer.h"
#include "hal/system/mutex.h"

namespace refwave::hal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{50};  // the writer's own interval between two looks into the ring
// The greatest age of the length in the header, because most programs exit without freeing their driver.
constexpr std::chrono::milliseconds kPublish{50};
constexpr std::size_t kChunkFrames = 16'384;

}  // namespace

struct WavCapture::State {
  State(const dsp::Format& f, WhenFull w, std::unique_ptr<WavWriter> wr,
        std::function<void(std::string)> report)
      : format(f),
        when_full(w),
        fail(std::move(report)),
        ring(2 * f.rate * f.bytes_per_frame()),
        writer(std::move(wr)),
        chunk(kChunkFrames * f.bytes_per_frame()) {}

  const dsp::Format format;
  const WhenFull when_full;
  std::function<void(std::string)> fail;  // the writing thread's; empty once it was called
  ByteRing ring;
  std::atomic<std::uint64_t> lost_frames{0};

  Mutex mutex;
  Condition to_writer;
  Condition from_writer;
  std::uint64_t flushes_wanted GUARDED_BY(mutex) = 0;
  std::uint64_t flushes_done GUARDED_BY(mutex) = 0;
  std::uint64_t rounds GUARDED_BY(mutex) = 0;  // how often the writer has emptied the ring
  bool room_wanted GUARDED_BY(mutex) = false;
  bool ending GUARDED_BY(mutex) = false;
  CaptureReport report GUARDED_BY(mutex);

  // From here on only the writing thread uses the members.
  std::unique_ptr<WavWriter> writer;
  std::vector<std::byte> chunk;
  Clock::time_point published = Clock::now();

  void run();
  void write(bool publish, std::uint64_t flushed) noexcept;
  void empty_ring();
  void wait_for_room(std::span<const std::byte> period);
};

void WavCapture::State::run() {
  for (bool last = false; !last;) {
    std::uint64_t wanted = 0;
    bool flushes = false;
    {
      const MutexLock lock(mutex);
      const auto next_look = Clock::now() + kLook;
      while (!ending && !room_wanted && flushes_wanted == flushes_done &&
             to_writer.wait_until(mutex, next_look)) {
      }
      room_wanted = false;
      wanted = flushes_wanted;
      flushes = wanted != flushes_done;
      last = ending;
    }
    write(flushes || Clock::now() - published >= kPublish, wanted);
  }
  writer.reset();
}

void WavCapture::State::empty_ring() {
  while (const std::size_t bytes = ring.read(chunk)) {
    const std::uint64_t before = writer->frames();
    if (writer->append(std::span(chunk).first(bytes))) continue;
    lost_frames += bytes / format.bytes_per_frame() - (writer->frames() - before);
  }
}

/// If memory is missing, the next pass writes the header and reports the error.
void WavCapture::State::write(bool publish, std::uint64_t flushed) noexcept {
  empty_ring();
  std::string error;
  try {
    if (publish) {
      writer->publish();
      published = Clock::now();
    }
    error = writer->error();
    if (!error.empty() && fail) {
      fail(error);
      fail = nullptr;
    }
  } catch (const std::bad_alloc&) {
  }
  const MutexLock lock(mutex);
  report.frames = writer->frames();
  if (!error.empty()) report.error = std::move(error);
  flushes_done = flushed;
  ++rounds;
  from_writer.notify_all();
}

void WavCapture::State::wait_for_room(std::span<const std::byte> period) {
  do {
    const MutexLock lock(mutex);
    const std::uint64_t round = rounds;
    room_wanted = true;
    to_writer.notify_one();
    while (rounds == round) from_writer.wait(mutex);
  } while (!ring.write(period));
}

std::unique_ptr<WavCapture> WavCapture::create(const std::string& path, const dsp::Format& format,
                                               WhenFull when_full, std::string& error,
                                               std::function<void(std::string)> fail) {
  auto writer = WavWriter::create(path, format, error);
  if (!writer) return nullptr;
  std::unique_ptr<WavCapture> capture(
      new WavCapture(std::make_shared<State>(format, when_full, std::move(writer), std::move(fail))));
  const Status started =
      capture->thread_.start("refwave-capture", 0, [state = capture->state_] { state->run(); });
  error = started.reason();
  return started.ok() ? std::move(capture) : nullptr;
}

WavCapture::~WavCapture() {
  const MutexLock lock(state_->mutex);
  state_->ending = true;
  state_->to_writer.notify_one();
}

void WavCapture::push(std::span<const std::byte> period, std::uint32_t) noexcept {
  if (state_->ring.write(period)) return;
  if (state_->when_full == WhenFull::wait) {
    state_->wait_for_room(period);
  } else {
    state_->lost_frames.fetch_add(period.size() / state_->format.bytes_per_frame(),
                                  std::memory_order_relaxed);
  }
}

void WavCapture::flush(Clock::time_point deadline) {
  const MutexLock lock(state_->mutex);
  const std::uint64_t wanted = ++state_->flushes_wanted;
  state_->to_writer.notify_one();
  while (state_->flushes_done < wanted && state_->from_writer.wait_until(state_->mutex, deadline)) {
  }
}

CaptureReport WavCapture::report() const {
  const MutexLock lock(state_->mutex);
  CaptureReport report = state_->report;
  report.lost_frames = state_->lost_frames.load();
  return report;
}

const dsp::Format& WavCapture::format() const { return state_->format; }

}  // namespace refwave::hal
