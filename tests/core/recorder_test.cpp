#include <gtest/gtest.h>

#include "driver/core/period/device_round.h"
#include "driver/core/stream/stream.h"

namespace refwave::core {
namespace {

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
  recorder.capture(reinterpret_cast<const std::byte*>(recorded.data()), {.frames = kFrames}, Stack::unknown);

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
