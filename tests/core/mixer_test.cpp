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
  test::Written& write(std::size_t index, std::uint32_t frames, std::int16_t value) {
    test::Written& one = written[index].emplace_back();
    one.samples.assign(std::size_t{frames} * 2, value);
    one.header.flags = kInQueue;
    table->streams[index].audio().ring().push({.header = &one.header,
                                               .data = reinterpret_cast<std::byte*>(one.samples.data()),
                                               .frames = frames,
                                               .done_flags = kDone});
    return one;
  }
  std::vector<int> render(std::uint32_t frames, Stack stack = Stack::large) {
    std::vector<std::int16_t> out(std::size_t{frames} * 2, 0x5555);
    mixer.render(reinterpret_cast<std::byte*>(out.data()),
                 {.frames = frames, .clock_rate = 0, .stack = stack});
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

std::vector<int> repeated(std::size_t frames, int value) { return std::vector<int>(frames, value); }

TEST(Mixer, Adds_all_streams_and_is_silent_without_any) {
  MixedStreams mixed;
  EXPECT_EQ(mixed.render(10), repeated(10, 0));
  for (const std::size_t index : {std::size_t{0}, std::size_t{70}, kSlots - 1}) mixed.open(index);
  mixed.write(0, 10, 100);
  mixed.write(70, 10, 20);
  mixed.write(kSlots - 1, 10, -3);
  EXPECT_EQ(mixed.render(10), repeated(10, 117));
}

TEST(Mixer, Saturates_the_sum_and_no_stream_on_the_way) {
  MixedStreams mixed;
  for (std::size_t i = 0; i < 3; ++i) mixed.open(i);
  mixed.write(0, 2, 30'000);
  mixed.write(1, 2, 30'000);
  mixed.write(2, 1, -30'000);
  EXPECT_EQ(mixed.render(2), (std::vector<int>{30'000, 32'767}));
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

constexpr dsp::Format kMono16{.type = dsp::SampleType::s16, .channels = 1, .rate = 48'000};

TEST(Recorder, Gives_what_was_recorded_to_every_stream_in_runs_and_wakes_once) {
  constexpr std::uint32_t kFrames = kBusFrames * 2 + 5;
  const auto table = std::make_shared<StreamTable>();
  const auto membership = std::make_shared<MembershipMask>();
  Recorder recorder(table, membership, 3, Completion::deferred, kMono16);
  std::vector<std::int16_t> recorded(kFrames);
  for (std::uint32_t i = 0; i < kFrames; ++i) recorded[i] = static_cast<std::int16_t>(i * 7);

  struct Client {
    ClientHeader header{};
    std::vector<std::int16_t> samples = std::vector<std::int16_t>(kFrames);
  };
  std::array<Client, 3> clients;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    Stream& stream = table->streams[i];
    stream.furnish(hal::Direction::input, kMono16, 16, Done::consumed);
    stream.capture().exchange_pipeline(Pipeline::make(kMono16, kMono16, dsp::Quality::fastest));
    stream.audio().ring().push({.header = &clients[i].header,
                                .data = reinterpret_cast<std::byte*>(clients[i].samples.data()),
                                .frames = kFrames,
                                .done_flags = kDone});
    stream.audio().move_to(i == 2 ? 4 : 3, Timed::every_block);
    stream.running = true;
    membership->add(i);
  }
  recorder.capture(reinterpret_cast<const std::byte*>(recorded.data()), {.frames = kFrames});

  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(clients[i].samples, recorded);
    EXPECT_EQ(clients[i].header.flags, kDone);
    EXPECT_EQ(clients[i].header.bytes_recorded, kFrames * 2);
  }
  EXPECT_EQ(clients[2].header.flags, 0U) << "another device's";
  EXPECT_EQ(recorder.round().wakes(), 1U);
}

}  // namespace
}  // namespace refwave::core
