// The clocked device, stepped.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "hal/clocked/clocked_backend.h"
#include "tests/hal/clients.h"

namespace refwave::hal {
namespace {

using test::Client;

const ClockedOptions kStepped{.speed = 0.0};

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

TEST(ClockedDevice, Another_thread_can_close_one_device_and_open_another_during_a_callback) {
  ClockedBackend backend(kStepped);
  auto victim = backend.open({.direction = Direction::input}, std::make_shared<Client>()).device;
  victim->start();
  const auto late_comer = std::make_shared<Client>();
  std::unique_ptr<Device> opened;
  const auto device = backend
                          .open({}, std::make_shared<Client>([&](const Period&) {
                                  std::thread([&] {
                                    victim.reset();
                                    if (opened) return;
                                    opened = backend.open({}, late_comer).device;
                                    opened->start();
                                  }).join();
                                }))
                          .device;
  device->start();

  backend.step(3);

  EXPECT_EQ(late_comer->periods, 2U);
}

TEST(ClockedDevice, Stop_waits_for_a_running_callback) {
  ClockedBackend backend(kStepped);
  const auto client = std::make_shared<test::Standing>();
  const auto device = backend.open({}, client).device;
  device->start();
  std::thread stepper([&] { backend.step(1); });
  client->wait_until_it_stands();

  auto stopped = std::async(std::launch::async, [&] {
    device->stop();
    return client->periods.load();
  });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  client->let_go();

  EXPECT_EQ(stopped.get(), 1U) << "it is over";
  stepper.join();
}

}  // namespace
}  // namespace refwave::hal
