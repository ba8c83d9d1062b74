#include "driver/core/stream/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace refwave::core {
namespace {

using testing::ElementsAre;

constexpr dsp::Format kCaptureClient{.type = dsp::SampleType::s16, .channels = 1, .rate = 48'000};
constexpr dsp::Format kMonoDevice{.type = dsp::SampleType::f32, .channels = 1, .rate = 48'000};

struct Queued {
  ClientHeader header{};
  std::vector<std::int16_t> samples;
  bool done() const { return (load_flags(header) & kDone) != 0; }
};

/// A mono 16-bit client on a float device, mono unless a test says otherwise, at 48 kHz.
class InputStream {
 public:
  explicit InputStream(const dsp::Format& device = kMonoDevice) {
    slot.furnish(hal::Direction::input, kCaptureClient, 64, Done::consumed);
    slot.running = true;
    state().exchange_pipeline(Pipeline::make(device, kCaptureClient, dsp::Quality::fastest));
  }

  Queued& add(std::uint32_t frames) {
    Queued& one = queued.emplace_back();
    one.samples.resize(frames, -1);
    one.header.flags = kPrepared | kInQueue;
    state().ring().push({.header = &one.header,
                         .data = reinterpret_cast<std::byte*>(one.samples.data()),
                         .frames = frames,
                         .done_flags = kPrepared | kDone});
    return one;
  }
  /// Effects: records frames whose samples continue to count up. Returns: blocks finished.
  std::uint32_t record(std::uint32_t frames) {
    std::vector<float> device(frames);
    for (auto& sample : device) sample = static_cast<float>(next_++) / 32'768.0F;
    return capture(device, {.frames = frames, .clock_rate = 0});
  }
  std::uint32_t capture(const std::vector<float>& device, const Cycle& cycle) {
    const RtLock::Token acquisition = slot.lock.try_acquire();
    state().enter(acquisition);
    const std::uint32_t finished = state().capture(device.data(), cycle);
    slot.lock.release(acquisition);
    return finished;
  }
  CaptureState& state() { return slot.capture(); }
  std::uint64_t position() { return slot.position(0); }
  std::uint64_t dropped() const { return slot.counters.underruns.load(); }

  Stream slot;
  std::deque<Queued> queued;

 private:
  int next_ = 1;
};

TEST(CaptureState, What_finds_no_block_is_dropped_counted_and_no_part_of_the_position) {
  InputStream input;
  EXPECT_EQ(input.record(10), 0U);
  input.add(4);
  EXPECT_EQ(input.record(6), 1U);
  EXPECT_EQ(input.dropped(), 12U);
  EXPECT_EQ(input.position(), 4U);
  EXPECT_THAT(input.queued[0].samples, ElementsAre(11, 12, 13, 14));
  input.slot.running = false;
  EXPECT_EQ(input.record(10), 0U);
  EXPECT_EQ(input.dropped(), 12U) << "while it is stopped nothing is";
}

TEST(CaptureState, A_stereo_device_is_averaged_for_a_mono_client) {
  InputStream input({.type = dsp::SampleType::f32, .channels = 2, .rate = 48'000});
  input.add(2);
  input.capture({0.5F, 0.25F, -0.5F, 0.5F}, {.frames = 2, .clock_rate = 0});
  EXPECT_THAT(input.queued[0].samples, ElementsAre(12'288, 0));
}

InputStream* watched_input = nullptr;
std::vector<std::uint64_t> input_short_by;

void look_and_be_silent(const float*, std::byte* out, std::size_t samples) noexcept {
  const auto done = std::count_if(watched_input->queued.begin(), watched_input->queued.end(),
                                  [](const Queued& one) { return one.done(); });
  const auto frames = static_cast<std::uint64_t>(done) * 100;
  input_short_by.push_back(frames - std::min(frames, watched_input->slot.position(hal::monotonic_now_ns())));
  std::fill_n(out, samples * sizeof(std::int16_t), std::byte{});
}

TEST(CaptureState, A_header_is_not_done_before_its_frames_are_in_the_position) {
  InputStream input;
  auto spied = Pipeline::make(kMonoDevice, kCaptureClient, dsp::Quality::fastest);
  spied->encoder = dsp::Encoder(&look_and_be_silent);
  input.state().exchange_pipeline(std::move(spied));
  watched_input = &input;
  for (int i = 0; i < 10; ++i) input.add(100);
  const std::vector<float> heard(480);
  for (int i = 0; i < 2; ++i) input.capture(heard, {.frames = 480, .monotonic_ns = hal::monotonic_now_ns()});
  EXPECT_THAT(input_short_by, testing::Each(0U)) << "frames";
  EXPECT_EQ(input.slot.clock.load()->read_finished(), 900U);
}

}  // namespace
}  // namespace refwave::core
