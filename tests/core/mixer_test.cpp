#include <gtest/gtest.h>

#include <deque>

#include "driver/core/period/device_round.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

constexpr std::uint32_t kEpoch = 7;

/// Streams in the slots of a table, and a 16-bit stereo device.
class MixedStreams {
 public:
  explicit MixedStreams(Completion completion = Completion::deferred)
      : mixer(table, membership, kEpoch, completion, test::kStereo16, volume) {}

  void open(std::size_t index) {
    Stream& stream = table->streams[index];
    stream.furnish(hal::Direction::output, test::kStereo16, 64, Done::consumed);
    stream.playback().exchange_pipeline(
        Pipeline::make(test::kStereo16, test::kStereo16, dsp::Quality::fastest));
    stream.audio().move_to(kEpoch, Timed::every_block);
    stream.delivery.claim();
    stream.delivery.publish();
    membership->add(index);
  }
  void write(std::size_t index, std::uint32_t frames, std::int16_t value) {
    test::Written& one = written[index].emplace_back();
    one.samples.assign(std::size_t{frames} * 2, value);
    one.header.flags = kInQueue;
    table->streams[index].audio().ring().push({.header = &one.header,
                                               .data = reinterpret_cast<std::byte*>(one.samples.data()),
                                               .frames = frames,
                                               .done_flags = kDone});
  }
  std::vector<int> render(std::uint32_t frames) {
    std::vector<std::int16_t> out(std::size_t{frames} * 2, 0x5555);
    mixer.render(reinterpret_cast<std::byte*>(out.data()), {.frames = frames, .clock_rate = 0});
    std::vector<int> left;
    for (std::size_t i = 0; i < out.size(); i += 2) left.push_back(out[i]);
    return left;
  }

  std::shared_ptr<StreamTable> table = std::make_shared<StreamTable>();
  std::shared_ptr<MembershipMask> membership = std::make_shared<MembershipMask>();
  std::shared_ptr<std::atomic<std::uint32_t>> volume =
      std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU);
  std::array<std::deque<test::Written>, kSlots> written;
  Mixer mixer;
};

constexpr std::uint32_t kRuns = kBusFrames * 2 + 5;  // the frames of a period that is cut into runs

std::vector<int> repeated(std::size_t frames, int value) { return std::vector<int>(frames, value); }

TEST(Mixer, Adds_all_streams_saturates_the_sum_alone_and_is_silent_without_any) {
  MixedStreams mixed;
  EXPECT_EQ(mixed.render(10), repeated(10, 0));
  for (const std::size_t index : {std::size_t{0}, std::size_t{70}, kSlots - 1}) {
    mixed.open(index);
    mixed.write(index, kRuns, 30'000);
  }
  EXPECT_EQ(mixed.render(kRuns), repeated(kRuns, 32'767));
  mixed.write(0, kRuns, 30'000);
  mixed.write(70, kRuns, 30'000);
  mixed.write(kSlots - 1, kRuns, -30'003);
  EXPECT_EQ(mixed.render(kRuns), repeated(kRuns, 29'997));
}

TEST(Mixer, Skips_a_stream_whose_lock_is_wanted_or_taken) {
  MixedStreams mixed;
  mixed.open(0);
  mixed.open(1);
  mixed.write(0, 10, 100);
  mixed.write(1, 10, 5);
  Stream& slot = mixed.table->streams[0];

  {
    const RtLock::Waiter waiter(slot.lock);
    { const RtLock::Waiter another(slot.lock); }
    EXPECT_EQ(mixed.render(2), repeated(2, 5));
  }
  const RtLock::Token acquisition = slot.lock.try_acquire_control();
  ASSERT_NE(acquisition, 0U);
  EXPECT_EQ(mixed.render(2), repeated(2, 5));
  slot.lock.release(acquisition);
  EXPECT_EQ(mixed.render(2), repeated(2, 105));
  EXPECT_EQ(slot.counters.skipped.load(), 2U);
  EXPECT_EQ(slot.counters.periods.load(), 1U);
  EXPECT_FALSE(slot.lock.is_held());
}

TEST(Mixer, Forecasts_the_period_that_finishes_the_earliest_block) {
  constexpr std::uint32_t kPeriod = 480;
  constexpr std::int64_t kPeriodNs = 10'000'000;
  constexpr std::int64_t kDueNs = 5'000'000'000;
  MixedStreams mixed;
  for (const std::size_t index : {0, 1, 2}) mixed.open(index);
  mixed.write(0, 10 * kPeriod, 1);
  mixed.write(1, 3 * kPeriod + 1, 1);
  const auto next_after = [&](std::uint32_t frames, double clock_rate) {
    std::vector<std::int16_t> out(std::size_t{frames} * 2);
    mixed.mixer.render(
        reinterpret_cast<std::byte*>(out.data()),
        {.frames = frames, .monotonic_ns = kDueNs + 70'000, .lateness_ns = 70'000, .clock_rate = clock_rate});
    return mixed.table->forecast.next(kDueNs - kPeriodNs, 0).ns;
  };
  EXPECT_EQ(next_after(kPeriod, 1), kDueNs + 3 * kPeriodNs);
  EXPECT_EQ(next_after(0, 1), kDueNs + 3 * kPeriodNs) << "a period without a frame says nothing";
  EXPECT_EQ(next_after(kPeriod, 0), Forecast::kNone) << "no clock tells when";
  EXPECT_EQ(next_after(10 * kPeriod, 1), Forecast::kNone) << "nothing is queued";
}

TEST(Mixer, The_device_volume_applies_to_all) {
  MixedStreams mixed;
  mixed.open(0);
  mixed.write(0, 1, 1'000);
  *mixed.volume = 0;
  EXPECT_EQ(mixed.render(1), repeated(1, 0));
}

TEST(Mixer, Wakes_the_notifier_for_what_a_reset_left_before_it_calls_the_next_client) {
  MixedStreams mixed(Completion::direct);
  for (std::size_t i = 0; i < 2; ++i) {
    mixed.open(i);
    mixed.write(i, 10, 1);
  }
  mixed.table->streams[0].returned = 1;
  static std::vector<std::uint64_t> wakes;
  wakes.clear();
  mixed.table->streams[1].callback = {
      .function =
          [](const ClientCallback& callback, Notice, ClientHeader*) noexcept {
            wakes.push_back(reinterpret_cast<MixedStreams*>(callback.instance)->mixer.round().wakes());
            return true;
          },
      .instance = reinterpret_cast<std::uintptr_t>(&mixed)};
  mixed.render(10);
  EXPECT_EQ(wakes, std::vector<std::uint64_t>{1});
}

TEST(Recorder, Gives_a_stream_what_was_recorded_in_runs_and_wakes_once) {
  for (const auto channels : {std::uint16_t{2}, std::uint16_t{1}}) {
    const auto table = std::make_shared<StreamTable>();
    const auto membership = std::make_shared<MembershipMask>();
    Recorder recorder(table, membership, kEpoch, Completion::deferred, test::kStereo16);
    Stream& stream = table->streams[0];
    dsp::Format asked = test::kStereo16;
    asked.channels = channels;
    stream.furnish(hal::Direction::input, asked, 16, Done::consumed);
    stream.capture().exchange_pipeline(Pipeline::make(test::kStereo16, asked, dsp::Quality::fastest));
    stream.audio().move_to(kEpoch, Timed::every_block);
    stream.running = true;
    membership->add(0);
    test::Written client;
    client.samples.resize(std::size_t{kRuns} * channels);
    stream.audio().ring().push({.header = &client.header,
                                .data = reinterpret_cast<std::byte*>(client.samples.data()),
                                .frames = kRuns,
                                .done_flags = kDone});
    std::vector<std::int16_t> recorded(kRuns * 2);
    for (std::size_t i = 0; i < recorded.size(); ++i) recorded[i] = static_cast<std::int16_t>(i * 6);
    recorder.capture(reinterpret_cast<const std::byte*>(recorded.data()), {.frames = kRuns});
    if (channels == 2) {
      EXPECT_EQ(client.samples, recorded);
    } else {
      for (int i = 0; std::int16_t mean : client.samples) EXPECT_EQ(mean, 12 * i++ + 3);
    }
    EXPECT_EQ(client.header.flags, kDone);
    EXPECT_EQ(recorder.round().wakes(), 1U);
  }
}

}  // namespace
}  // namespace refwave::core
