#include "driver/core/stream/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "tests/core/replaced_state.h"

namespace refwave::core {
namespace {

using testing::ElementsAre;

struct Queued {
  ClientHeader header{};
  std::vector<std::int16_t> samples;
  bool done() const { return (load_flags(header) & kDone) != 0; }
};

/// A 16-bit client on a float device at 48 kHz, mono where a test does not say otherwise.
class InputStream {
 public:
  explicit InputStream(std::uint16_t client_channels = 1, std::uint16_t device_channels = 1,
                       std::uint32_t client_rate = 48'000)
      : client_{.type = dsp::SampleType::s16, .channels = client_channels, .rate = client_rate},
        device_channels_(device_channels) {
    slot.furnish(hal::Direction::input, client_, 64, Done::consumed);
    slot.running = true;
    state().exchange_pipeline(
        Pipeline::make({.type = dsp::SampleType::f32, .channels = device_channels, .rate = 48'000}, client_,
                       dsp::Quality::fastest));
  }

  Queued& add(std::uint32_t frames) {
    Queued& one = queued.emplace_back();
    one.samples.resize(std::size_t{frames} * client_.channels, -1);
    one.header.flags = kPrepared | kInQueue;
    state().ring().push({.header = &one.header,
                         .data = reinterpret_cast<std::byte*>(one.samples.data()),
                         .frames = frames,
                         .done_flags = kPrepared | kDone});
    return one;
  }
  /// Effects: records frames whose samples count on from the last ones. Returns: blocks finished.
  std::uint32_t record(std::uint32_t frames) {
    std::vector<float> device(std::size_t{frames} * device_channels_);
    for (auto& sample : device) sample = static_cast<float>(next_++) / 32'768.0F;
    return capture(device, frames);
  }
  std::uint32_t capture(const std::vector<float>& device, std::uint32_t frames) {
    return with_lock(slot.lock.try_acquire(),
                     [&] { return state().capture(device.data(), {.frames = frames, .clock_rate = 0}); });
  }
  std::uint32_t capture_at(const std::vector<float>& device, std::int64_t monotonic_ns) {
    const Cycle cycle{.frames = static_cast<std::uint32_t>(device.size()), .monotonic_ns = monotonic_ns};
    return with_lock(slot.lock.try_acquire(), [&] { return state().capture(device.data(), cycle); });
  }
  std::uint32_t stop() {
    return with_lock(slot.lock.try_acquire_control(), [&] { return state().return_partial(); });
  }
  /// Returns: blocks finished.
  std::ptrdiff_t reset() {
    const auto done = [&] { return std::ranges::count_if(queued, &Queued::done); };
    const std::ptrdiff_t before = done();
    with_lock(slot.lock.try_acquire_control(), [&] {
      slot.return_all();
      return 0;
    });
    return done() - before;
  }
  CaptureState& state() { return slot.capture(); }
  std::uint64_t position() { return slot.position(0); }
  std::uint64_t dropped() const { return slot.counters.underruns.load(); }

  Stream slot;

 private:
  template <typename Use>
  std::uint32_t with_lock(RtLock::Token acquisition, Use use) {
    state().enter(acquisition);
    const auto result = use();
    slot.lock.release(acquisition);
    return static_cast<std::uint32_t>(result);
  }

  const dsp::Format client_;
  const std::uint16_t device_channels_;
  int next_ = 1;

 public:
  std::deque<Queued> queued;
};

TEST(CaptureState, Fills_blocks_across_periods_bit_for_bit) {
  InputStream input;
  for (const std::uint32_t size : {1U, 7U, 300U, 509U, 2U}) input.add(size);
  for (int i = 0; i < 9; ++i) input.record(97);

  int next = 1;
  for (const Queued& one : input.queued) {
    if (!one.done()) break;
    for (const std::int16_t sample : one.samples) ASSERT_EQ(sample, next++);
    EXPECT_EQ(one.header.bytes_recorded, one.samples.size() * 2);
    EXPECT_EQ(one.header.flags, kPrepared | kDone);
  }
  EXPECT_EQ(next - 1, 819);
  EXPECT_EQ(input.position(), 819U);
  EXPECT_EQ(input.dropped(), 9U * 97 - 819);
}

TEST(CaptureState, What_finds_no_block_is_dropped_counted_and_no_part_of_the_position) {
  InputStream input;
  EXPECT_EQ(input.record(10), 0U);
  input.add(4);
  EXPECT_EQ(input.record(6), 1U);
  EXPECT_EQ(input.dropped(), 12U);
  EXPECT_EQ(input.position(), 4U);
  EXPECT_THAT(input.queued[0].samples, ElementsAre(11, 12, 13, 14));
}

TEST(CaptureState, While_it_is_stopped_nothing_is_recorded_and_nothing_counts_as_dropped) {
  InputStream input;
  input.add(4);
  input.slot.running = false;
  EXPECT_EQ(input.record(10), 0U);
  EXPECT_EQ(input.position(), 0U);
  EXPECT_EQ(input.dropped(), 0U);
  EXPECT_EQ(input.queued[0].samples[0], -1);
}

TEST(CaptureState, Stopping_returns_the_block_that_holds_data_and_keeps_the_others) {
  InputStream input;
  input.add(10);
  input.add(10);
  input.record(4);
  EXPECT_EQ(input.stop(), 1U);
  EXPECT_TRUE(input.queued[0].done());
  EXPECT_EQ(input.queued[0].header.bytes_recorded, 8U);
  EXPECT_FALSE(input.queued[1].done());
  EXPECT_EQ(input.position(), 4U);
  EXPECT_EQ(input.stop(), 0U) << "no data, no message";

  EXPECT_EQ(input.record(10), 1U);
  EXPECT_EQ(input.position(), 14U);
}

TEST(CaptureState, A_reset_returns_the_partly_filled_block_and_the_empty_ones) {
  InputStream input;
  for (int i = 0; i < 3; ++i) input.add(10);
  input.record(13);
  EXPECT_EQ(input.reset(), 2U);
  EXPECT_EQ(input.queued[0].header.bytes_recorded, 20U);
  EXPECT_EQ(input.queued[1].header.bytes_recorded, 6U);
  EXPECT_EQ(input.queued[2].header.bytes_recorded, 0U);
  for (const Queued& one : input.queued) EXPECT_TRUE(one.done());
  EXPECT_EQ(input.position(), 0U);
  EXPECT_FALSE(input.state().ring().queued());
  input.add(2);
  EXPECT_EQ(input.record(2), 1U);
  EXPECT_EQ(input.position(), 2U);
}

TEST(CaptureState, A_block_without_a_frame_is_finished_in_its_turn) {
  InputStream input;
  input.add(0);
  input.add(2);
  input.add(0);
  input.add(2);
  EXPECT_EQ(input.record(3), 3U);
  EXPECT_EQ(input.queued[0].header.bytes_recorded, 0U);
}

TEST(CaptureState, A_stereo_device_is_averaged_for_a_mono_client) {
  InputStream input(1, 2);
  input.add(2);
  input.capture({0.5F, 0.25F, -0.5F, 0.5F}, 2);
  EXPECT_THAT(input.queued[0].samples, ElementsAre(12'288, 0));
}

TEST(CaptureState, A_mono_device_is_heard_on_both_sides_of_a_stereo_client) {
  InputStream input(2, 1);
  input.add(300);
  std::vector<float> device(300, 0.25F);
  input.capture(device, 300);
  for (const std::int16_t sample : input.queued[0].samples) ASSERT_EQ(sample, 8'192);
}

TEST(CaptureState, A_client_at_another_rate_gets_its_share_of_frames) {
  for (const std::uint32_t rate : {8'000U, 44'100U, 96'000U}) {
    InputStream input(1, 1, rate);
    for (int i = 0; i < 30; ++i) input.add(rate / 20);
    std::uint32_t finished = 0;
    const std::vector<float> device(4'800, 0.5F);
    for (int i = 0; i < 10; ++i) finished += input.capture(device, 4'800);
    EXPECT_GE(finished, 19U) << rate;
    EXPECT_LE(finished, 20U) << rate;
    EXPECT_NEAR(static_cast<double>(input.position()), rate, rate / 100.0 + 100);
    EXPECT_NEAR(input.queued[10].samples[5], 16'384, 200);
  }
}

TEST(CaptureState, An_audio_thread_whose_lock_was_seized_touches_no_header) {
  InputStream input;
  input.add(10);
  input.record(4);
  CaptureState& lost = input.state();
  test::stay_while_replaced(input.slot);
  EXPECT_TRUE(input.queued[0].done());
  input.queued[0].header.flags = 0;
  input.queued[0].header.bytes_recorded = 77;
  const std::vector<float> device(20);
  EXPECT_EQ(lost.capture(device.data(), {.frames = 20, .clock_rate = 0}), 0U);
  EXPECT_EQ(lost.return_partial(), 0U);
  EXPECT_EQ(input.queued[0].header.flags, 0U);
  EXPECT_EQ(input.queued[0].header.bytes_recorded, 77U);
}

InputStream* watched_input = nullptr;
std::vector<std::uint64_t> input_short_by;

/// A client that looks while the period goes on.
void look_and_be_silent(const float*, std::byte* out, std::size_t samples) noexcept {
  const auto done = std::count_if(watched_input->queued.begin(), watched_input->queued.end(),
                                  [](const Queued& one) { return one.done(); });
  const auto frames = static_cast<std::uint64_t>(done) * 100;
  input_short_by.push_back(frames - std::min(frames, watched_input->slot.position(hal::monotonic_now_ns())));
  std::fill_n(out, samples * sizeof(std::int16_t), std::byte{});
}

TEST(CaptureState, A_header_is_not_done_before_its_frames_are_in_the_position) {
  InputStream input;
  auto spied = Pipeline::make({.type = dsp::SampleType::f32, .channels = 1, .rate = 48'000},
                              input.state().client(), dsp::Quality::fastest);
  spied->encoder = dsp::Encoder(&look_and_be_silent);
  input.state().exchange_pipeline(std::move(spied));
  watched_input = &input;
  for (int i = 0; i < 10; ++i) input.add(100);
  const std::vector<float> heard(480);
  for (int i = 0; i < 2; ++i) input.capture_at(heard, hal::monotonic_now_ns());
  EXPECT_THAT(input_short_by, testing::Each(0U)) << "frames";
  EXPECT_EQ(input.slot.clock.load()->read_finished(), 900U);
}

}  // namespace
}  // namespace refwave::core
