// The clocked input records the audio that the clocked output plays.
#include <gtest/gtest.h>

#include "hal/clocked/clocked_backend.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::hal {
namespace {

using namespace test;

constexpr std::size_t kS24Stereo = 6;
const OpenRequest kOutput{.period_frames = 101, .any_type = false, .type = dsp::SampleType::s24};

TEST(ClockedLoop, What_was_on_the_way_when_the_clock_stopped_is_not_heard_when_it_starts_again) {
  ClockedBackend backend({.speed = 50.0, .loop = true});
  OpenRequest request = kOutput;
  request.latency_ms = 500;
  const auto player = std::make_shared<Player>(random_bytes(101 * kS24Stereo * 20), kS24Stereo);
  const auto out = backend.open(request, player).device;
  out->start();
  while (!player->done()) std::this_thread::yield();
  out->stop();
  const auto listener = std::make_shared<Listener>(kS24Stereo);
  const auto in = backend.open({.direction = Direction::input}, listener).device;
  in->start();
  ASSERT_TRUE(eventually([&] { return listener->heard().size() > std::size_t{48'000} * kS24Stereo; }));
  in->stop();
  EXPECT_EQ(listener->heard(), std::vector<std::byte>(listener->heard().size()));
}

TEST(ClockedLoop, Of_two_outputs_the_first_that_plays_is_heard) {
  ClockedBackend backend({.speed = 0.0, .loop = true});
  const auto bytes = random_bytes(101 * kS24Stereo * 4);
  const auto listener = std::make_shared<Listener>(kS24Stereo);
  const auto first = backend.open(kOutput, std::make_shared<Player>(bytes, kS24Stereo)).device;
  const auto second =
      backend.open(kOutput, std::make_shared<Player>(random_bytes(bytes.size(), 2), kS24Stereo)).device;
  const auto in = backend.open({.direction = Direction::input}, listener).device;
  first->start();
  second->start();
  in->start();

  backend.step(4);

  EXPECT_EQ(listener->heard(), bytes);
}

TEST(ClockedLoop, A_blocked_thread_stops_both_directions_and_new_devices_get_another_one) {
  ClockedBackend backend({.loop = true});
  std::atomic<bool> hold{true};
  const auto stuck = std::make_shared<Client>([&](const Period&) { eventually([&] { return !hold; }); });
  const auto out = backend.open({}, stuck).device;
  const auto in = backend.open({.direction = Direction::input}, std::make_shared<Client>()).device;
  EXPECT_TRUE(out->may_be_silent()) << "it has not been started";
  out->start();
  in->start();
  ASSERT_TRUE(eventually([&] { return !out->may_be_silent(); }));
  EXPECT_FALSE(in->may_be_silent());
  out->give_up();

  const auto player = std::make_shared<Client>();
  const auto listener = std::make_shared<Client>();
  const auto next_out = backend.open({}, player).device;
  const auto next_in = backend.open({.direction = Direction::input}, listener).device;
  EXPECT_TRUE(test::succeeded(next_out->start()));
  EXPECT_TRUE(test::succeeded(next_in->start()));
  EXPECT_TRUE(eventually([&] { return player->periods > 2 && listener->periods > 2; }));
  hold = false;
}

}  // namespace
}  // namespace refwave::hal
