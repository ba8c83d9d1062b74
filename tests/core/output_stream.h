// One output stream and its client's headers, rendered by hand.
#pragma once

#include <cstring>
#include <deque>
#include <vector>

#include "driver/core/stream/stream.h"

namespace refwave::test {

struct Written {
  core::ClientHeader header{};
  std::vector<std::int16_t> samples;

  bool done() const {
    const std::uint32_t flags = core::load_flags(header);
    return (flags & core::kDone) != 0 && (flags & core::kInQueue) == 0;
  }
};

struct LoopMarks {
  bool begins = false;
  bool ends = false;
  std::uint32_t passes = 1;
};

inline constexpr dsp::Format kStereo16{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};
inline constexpr std::uint32_t kFullVolume = 0xFFFF'FFFFU;

/// Effects: as Streams::set_speed(), without the slot.
inline bool prepare_speed(core::PlaybackState& state, dsp::Factor rate, dsp::Factor pitch,
                          dsp::Quality quality) {
  auto parts = core::make_speed_parts(state.speed_request(rate, pitch, quality));
  return parts && state.prepare_speed(*parts);
}

/// A stereo client on a float stereo device at 48 kHz.
class OutputStream {
 public:
  explicit OutputStream(core::Done done = core::Done::consumed, std::uint32_t client_rate = 48'000,
                        dsp::SampleType type = dsp::SampleType::s16)
      : format_{.type = type, .channels = 2, .rate = client_rate} {
    slot.furnish(hal::Direction::output, format_, 1'024, done);
    playback().exchange_pipeline(core::Pipeline::make(
        format_, {.type = dsp::SampleType::f32, .channels = 2, .rate = 48'000}, dsp::Quality::fastest));
  }

  core::Stream slot;

  core::PlaybackState& playback() { return slot.playback(); }

  Written& write(std::vector<std::int16_t> samples, const LoopMarks& loop = {}) {
    Written& one = written.emplace_back();
    one.samples = std::move(samples);
    one.header.flags = core::kPrepared | core::kInQueue;
    playback().ring().push(
        {.header = &one.header,
         .data = reinterpret_cast<std::byte*>(one.samples.data()),
         .frames = static_cast<std::uint32_t>(one.samples.size() * 2 / format_.bytes_per_frame()),
         .done_flags = core::kPrepared | core::kDone,
         .loops = loop.passes,
         .begins_loop = loop.begins,
         .ends_loop = loop.ends});
    return one;
  }
  /// Precondition: a client of floats.
  Written& write(const std::vector<float>& samples) {
    std::vector<std::int16_t> halves(samples.size() * 2);
    std::memcpy(halves.data(), samples.data(), samples.size() * sizeof(float));
    return write(std::move(halves));
  }
  /// Effects: queues frames whose samples continue to count up.
  Written& write_frames(std::uint32_t frames) {
    std::vector<std::int16_t> samples(std::size_t{frames} * 2);
    for (auto& sample : samples) sample = static_cast<std::int16_t>(next_++);
    return write(std::move(samples));
  }

  /// Effects: renders a period onto silence, on a stepped clock. Returns: blocks finished.
  std::uint32_t render(std::uint32_t frames, std::uint32_t latency_frames = 0) {
    return render({.frames = frames, .latency_frames = latency_frames, .clock_rate = 0});
  }
  /// Effects: renders a period of a paced clock. Returns: blocks finished.
  std::uint32_t render_at(std::int64_t monotonic_ns, std::uint32_t frames) {
    return render({.frames = frames, .monotonic_ns = monotonic_ns});
  }
  std::uint32_t render(const core::Cycle& cycle) {
    std::vector<float> bus(std::size_t{cycle.frames} * 2);
    const core::RtLock::Token acquisition = slot.lock.try_acquire();
    playback().enter(acquisition);
    const std::uint32_t finished = playback().render(bus.data(), cycle, kFullVolume);
    slot.lock.release(acquisition);
    heard.insert(heard.end(), bus.begin(), bus.end());
    return finished;
  }

  std::uint64_t position() { return slot.position(0); }
  std::uint32_t frames_to_done() {
    const core::RtLock::Token acquisition = slot.lock.try_acquire();
    playback().enter(acquisition);
    const std::uint32_t frames = playback().frames_to_done();
    slot.lock.release(acquisition);
    return frames;
  }
  /// Effects: resets, as a control thread. Returns: blocks finished.
  std::size_t reset() {
    const std::size_t before = done_count();
    const core::RtLock::Token acquisition = slot.lock.try_acquire_control();
    playback().enter(acquisition);
    slot.return_all();
    slot.lock.release(acquisition);
    return done_count() - before;
  }
  std::size_t done_count() const {
    return static_cast<std::size_t>(
        std::count_if(written.begin(), written.end(), [](const Written& one) { return one.done(); }));
  }
  std::vector<int> heard_samples() const {
    std::vector<int> samples;
    for (const float sample : heard) samples.push_back(static_cast<int>(sample * 32'768.0F));
    return samples;
  }
  std::uint64_t underruns() const { return slot.counters.underruns.load(); }

  std::deque<Written> written;
  std::vector<float> heard;

 private:
  const dsp::Format format_;
  int next_ = 1;
};

inline std::vector<std::int16_t> tone(std::uint32_t frames, std::int16_t value) {
  return std::vector<std::int16_t>(std::size_t{frames} * 2, value);
}

}  // namespace refwave::test
