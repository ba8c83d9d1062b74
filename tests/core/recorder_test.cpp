#include "driver/core/period/recorder.h"

#include <gtest/gtest.h>

#include "driver/core/lanes/track.h"

namespace refwave::core {
namespace {

constexpr dsp::Format kMono16{.type = dsp::SampleType::s16, .channels = 1, .rate = 48'000};

TEST(Recorder, Gives_what_was_recorded_to_every_track_in_runs_and_wakes_once) {
  constexpr std::uint32_t kFrames = kBusFrames * 2 + 5;
  const auto table = std::make_shared<SlotTable>();
  const auto roster = std::make_shared<Roster>();
  Recorder recorder(table, roster, 3, CompletionBy::notifier, kMono16);
  std::vector<std::int16_t> recorded(kFrames);
  for (std::uint32_t i = 0; i < kFrames; ++i) recorded[i] = static_cast<std::int16_t>(i * 7);

  struct Client {
    std::unique_ptr<Track> track;
    ClientHeader header{};
    std::vector<std::int16_t> samples = std::vector<std::int16_t>(kFrames);
  };
  std::array<Client, 3> clients;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    Slot& slot = table->slots[i];
    clients[i].track = std::make_unique<Track>(slot, kMono16, 16);
    clients[i].track->exchange_pipeline(Pipeline::make(kMono16, kMono16, dsp::Quality::fastest));
    clients[i].track->ring().push({.header = &clients[i].header,
                                   .data = reinterpret_cast<std::byte*>(clients[i].samples.data()),
                                   .frames = kFrames,
                                   .done_flags = kDone});
    slot.track = clients[i].track.get();
    slot.device_epoch = i == 2 ? 4 : 3;
    slot.running = true;
    roster->add(i);
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
