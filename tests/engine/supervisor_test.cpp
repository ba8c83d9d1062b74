#include "driver/engine/supervisor.h"

#include <gtest/gtest.h>

#include "hal/system/clock.h"
#include "tests/support/eventually.h"

namespace refwave::engine {
namespace {

using test::eventually;

TEST(Supervisor, A_burst_of_wakes_is_no_time) {
  std::atomic<std::int64_t> ticks{0};
  Supervisor keeper([&] {
    ++ticks;
    return true;
  });
  ASSERT_TRUE(keeper.ensure().ok());
  ASSERT_TRUE(eventually([&] { return ticks > 0; }));
  const std::int64_t before = ticks, begun_ns = hal::monotonic_now_ns();
  ASSERT_TRUE(eventually([&] {
    keeper.wake();
    return ticks > before + 20;
  }));
  EXPECT_GE(hal::monotonic_now_ns() - begun_ns, 20 * 10'000'000);
}

TEST(Supervisor, A_wake_soon_after_a_tick_leads_to_another_tick) {
  std::atomic<std::int64_t> ticks{0};
  Supervisor keeper([&] {
    ++ticks;
    return false;
  });
  ASSERT_TRUE(keeper.ensure().ok());
  ASSERT_TRUE(eventually([&] { return ticks > 0; }));
  for (std::int64_t seen = ticks; seen < 10; seen = ticks) {
    keeper.wake();
    ASSERT_TRUE(eventually([&] { return ticks > seen; }));
  }
}

}  // namespace
}  // namespace refwave::engine
