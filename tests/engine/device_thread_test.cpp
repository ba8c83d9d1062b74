#include "driver/engine/device_thread.h"

#include <gtest/gtest.h>

#include <atomic>

#include "hal/system/owned_thread.h"
#include "tests/support/eventually.h"

namespace refwave::engine {
namespace {

using test::eventually;

/// As an engine may, if a task holds the last reference to it.
TEST(DeviceThread, What_a_task_held_may_post_from_its_destructor) {
  std::atomic<int> posted{0};
  DeviceThread thread;
  std::shared_ptr<void> object(nullptr, [&](void*) {
    thread.post([] {});
    ++posted;
  });
  thread.post([object = std::move(object)] {});
  EXPECT_TRUE(test::eventually([&] { return posted == 1; })) << "it waits for itself";
}

TEST(DeviceThread, A_call_that_hangs_is_left_behind_and_counted) {
  const std::uint64_t abandoned = hal::abandoned_threads();
  const auto hold = std::make_shared<std::atomic<bool>>(true);
  {
    DeviceThread thread;
    thread.post([hold] {
      while (*hold) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    thread.end();
  }
  EXPECT_EQ(hal::abandoned_threads(), abandoned + 1);
  *hold = false;
  EXPECT_TRUE(test::eventually([&] { return hold.use_count() == 1; }));
}

}  // namespace
}  // namespace refwave::engine
