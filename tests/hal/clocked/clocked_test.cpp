// The clocked device: stepped, on its own thread, and as a loop.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "hal/clocked/clocked_backend.h"
#include "hal/system/owned_thread.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;

struct Opened {
  OpenRequest request;
  dsp::Format format;
  std::uint32_t period_frames;
};

TEST(ClockedDevice, Opens_with_what_is_asked_for_within_reason_and_else_with_its_options) {
  ClockedBackend backend({.speed = 0.0, .rate = 44'100, .channels = 1});
  for (const auto& [request, format, period_frames] : {
           Opened{{}, {dsp::SampleType::f32, 1, 44'100}, 480},
           Opened{{.rate = 96'000,
           .channels = 6,
           .period_frames = 37,
           .any_type = false,
           .type = dsp::SampleType::s24},
                  {dsp::SampleType::s24, 6, 96'000},
                  37},
           Opened{{.rate = 1, .channels = 99, .period_frames = 4'000'000'000},
                  {dsp::SampleType::f32, dsp::kMaxChannels, dsp::kMinRate},
                  dsp::kMinRate},
       }) {
    const auto device = backend.open(request, std::make_shared<Client>()).device;
    EXPECT_EQ(device->info().name, "clocked");
    EXPECT_EQ(device->info().format, format);
    EXPECT_EQ(device->info().period_frames, period_frames);
  }
}

TEST(ClockedDevice, More_than_a_loop_has_room_for_do_not_open_until_one_is_closed) {
  ClockedBackend backend({.speed = 0.0, .loop = true});
  std::vector<OpenResult> all;
  do all.push_back(backend.open({}, std::make_shared<Client>()));
  while (all.back().device);
  EXPECT_EQ(all.back().error, "clocked: too many devices are open at a time");
  all.erase(all.begin());
  EXPECT_NE(backend.open({}, std::make_shared<Client>()).device, nullptr);
}

TEST(ClockedDevice, Stop_waits_for_a_running_callback) {
  ClockedBackend backend({.speed = 0.0});
  std::promise<void> entered;
  std::promise<void> released;
  const auto client = std::make_shared<Client>([&](const Period&) {
    entered.set_value();
    released.get_future().wait();
  });
  const auto device = backend.open({}, client).device;
  device->start();
  std::thread stepper([&] { backend.step(1); });
  entered.get_future().wait();

  auto stopped = std::async(std::launch::async, [&] {
    device->stop();
    return client->periods.load();
  });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  released.set_value();

  EXPECT_EQ(stopped.get(), 1U) << "it is over";
  stepper.join();
}

TEST(ClockedRealTime, Periods_come_at_the_rate_of_the_clock_times_the_speed) {
  for (const double speed : {1.0, 4.0}) {
    ClockedBackend backend({.speed = speed});
    std::atomic<std::int64_t> first{0};
    std::atomic<std::int64_t> last{0};
    const auto client = std::make_shared<Client>([&](const Period& period) {
      if (first == 0) first = period.monotonic_ns;
      last = period.monotonic_ns;
      EXPECT_EQ(period.clock_rate, speed);
    });
    const auto device = backend.open({.period_frames = 48}, client).device;
    device->start();
    EXPECT_TRUE(eventually([&] { return client->periods >= 100; }));
    device->stop();

    // Never early on average; lateness is not judged here.
    const double expected_ns = 1e6 / speed * (client->periods - 1);
    EXPECT_GT(static_cast<double>(last - first), 0.9 * expected_ns);
  }
}

TEST(ClockedRealTime, A_device_can_be_closed_inside_its_own_callback_whose_thread_is_left_behind) {
  ClockedBackend backend({});
  std::unique_ptr<Device> device;
  std::promise<void> opened;
  auto client = std::make_shared<Client>([&, ready = opened.get_future().share()](const Period&) {
    ready.wait();
    device.reset();
  });
  const std::weak_ptr<Client> watched = client;
  device = backend.open({}, std::move(client)).device;
  const auto before = abandoned_threads();
  device->start();
  opened.set_value();

  EXPECT_TRUE(eventually([&] { return watched.expired(); }));
  EXPECT_EQ(abandoned_threads(), before + 1);
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
