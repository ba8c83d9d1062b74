// The clocked device on its own thread.
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "hal/clocked/clocked_backend.h"
#include "hal/system/owned_thread.h"
#include "tests/hal/clients.h"
#include "tests/support/eventually.h"
#include "tests/support/status.h"
#include "tests/support/threads.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;

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

TEST(ClockedRealTime, Runs_on_a_named_thread_with_a_stack_for_clients) {
  ClockedBackend backend({});
  std::promise<std::pair<std::string, std::size_t>> seen;
  std::atomic<bool> told{false};
  const auto client = std::make_shared<Client>([&](const Period&) {
    if (told.exchange(true)) return;
    seen.set_value({test::name_of_this_thread(), test::stack_bytes_of_this_thread()});
  });
  const auto device = backend.open({}, client).device;
  device->start();

  const auto [name, stack_bytes] = seen.get_future().get();

  EXPECT_EQ(name, "refwave-audio");
  EXPECT_GE(stack_bytes, 512U * 1024);
}

TEST(ClockedRealTime, A_callback_that_never_returns_is_left_behind_alive) {
  ClockedBackend backend({});
  auto client = std::make_shared<test::Standing>();
  const std::weak_ptr<test::Standing> watched = client;
  auto device = backend.open({}, std::move(client)).device;
  device->start();
  watched.lock()->wait_until_it_stands();
  const auto before = abandoned_threads();

  device.reset();

  EXPECT_EQ(abandoned_threads(), before + 1);
  ASSERT_FALSE(watched.expired());

  watched.lock()->let_go();
  EXPECT_TRUE(eventually([&] { return watched.expired(); }));
}

TEST(ClockedRealTime, A_device_can_be_closed_inside_its_own_callback) {
  ClockedBackend backend({});
  std::unique_ptr<Device> device;
  std::promise<void> opened;
  std::atomic<bool> closed{false};
  auto client = std::make_shared<Client>([&, ready = opened.get_future().share()](const Period&) {
    ready.wait();
    device.reset();
    closed = true;
  });
  const std::weak_ptr<Client> watched = client;
  device = backend.open({}, std::move(client)).device;
  const auto before = abandoned_threads();
  device->start();
  opened.set_value();

  EXPECT_TRUE(eventually([&] { return closed.load() && watched.expired(); }));
  EXPECT_EQ(abandoned_threads(), before + 1);
}

}  // namespace
}  // namespace refwave::hal
