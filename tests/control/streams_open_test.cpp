// Streams come and go: handles that are new, slots that run out, opens that meet the driver's end; what
// REFWAVE_SETTLE asks.
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "driver/control/handle.h"
#include "driver/control/streams.h"
#include "hal/system/clock.h"
#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

using test::AssembledDriver;
using test::Client;
using test::eventually;
using test::kOutput;
using test::kStepped;

TEST(Streams, A_handle_is_never_zero_though_its_generations_have_run_out) {
  Generations<std::uint32_t> counts;
  counts.add(0, 0xFFFF'FFFEU);
  EXPECT_NE(next_handle(counts, 0, kOutput), 0U);
  EXPECT_NE(next_handle(counts, 0, kOutput), 0U);
}

TEST(Streams, A_handle_of_32_bits_is_another_one_for_eight_million_opens_of_its_slot) {
  constexpr std::uint32_t kOpens = 1U << 23U;
  Generations<std::uint32_t> counts;
  const std::uint32_t first = next_handle(counts, 7, kOutput);
  for (std::uint32_t i = 1; i < kOpens; ++i) ASSERT_NE(next_handle(counts, 7, kOutput), first) << i;
  EXPECT_EQ(counts.rounds(7), 1U);
  EXPECT_EQ(next_handle(counts, 7, kOutput), first) << "from here on other slots come first";
}

TEST(Streams, A_slot_whose_handles_begin_anew_serves_after_all_others) {
  constexpr Handle kAll = Handle{1} << Generations<Handle>::kBits;
  Generations<Handle> counts;
  counts.add(0, kAll - 1);
  const auto table = std::make_unique<core::StreamTable>();
  const auto take = [&] { return table->take_free([&](std::size_t slot) { return counts.rounds(slot); }); };
  core::Stream* const first = take();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->index(), 0U);
  first->delivery.finish(core::DeliveryState::Closer::holds);

  counts.add(0, 1);
  for (std::size_t i = 1; i < core::kSlots; ++i) {
    core::Stream* const stream = take();
    ASSERT_NE(stream, nullptr);
    EXPECT_EQ(stream->index(), i);
  }
  EXPECT_EQ(take(), first) << "it is better than none";
  EXPECT_EQ(take(), nullptr);
}

/// A client that stays in the callback of its open, and notes in which order it is told.
struct SlowToOpen {
  core::ClientCallback callback() {
    return {.function = &called, .instance = reinterpret_cast<std::uintptr_t>(this)};
  }
  static bool called(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader*,
                     core::Stack) noexcept {
    auto& client = *reinterpret_cast<SlowToOpen*>(callback.instance);
    if (notice == core::Notice::close) client.note("close");
    if (notice != core::Notice::open) return true;
    client.inside = true;
    eventually([&] { return !client.hold; });
    client.note("opened");
    return true;
  }
  void note(const char* what) {
    const std::lock_guard lock(mutex);
    told.emplace_back(what);
  }

  std::atomic<bool> hold{true};
  std::atomic<bool> inside{false};
  std::mutex mutex;
  std::vector<std::string> told;
};

TEST(Streams, A_client_that_is_told_of_its_open_while_all_streams_are_closed_hears_of_the_close_afterwards) {
  SlowToOpen client;
  AssembledDriver driver({}, kStepped);
  Handle handle = 0;
  Error result = Error::none;
  std::thread opening([&] {
    result =
        driver.streams->open({.direction = kOutput, .format = test::kStereo16, .callback = client.callback()},
                             driver.output, *driver.notifiers, handle);
  });
  ASSERT_TRUE(eventually([&] { return client.inside.load(); }));
  driver.streams->close_all();
  client.hold = false;
  opening.join();
  EXPECT_EQ(client.told, (std::vector<std::string>{"opened", "close"}));
  EXPECT_EQ(result, Error::no_device) << "as if the driver had ended before";
  EXPECT_EQ(driver.streams->total().streams, 0U);
}

TEST(Streams, An_open_that_comes_after_all_streams_were_closed_fails_and_tells_nobody) {
  Client client;
  AssembledDriver driver({}, kStepped);
  driver.streams->close_all();
  EXPECT_EQ(driver.open(client), Error::no_device);
  EXPECT_EQ(client.opened, 0U);
  EXPECT_FALSE(driver.streams->in_use());
}

TEST(Streams, All_is_told_only_when_no_thread_is_between_a_header_s_flag_and_its_message) {
  Client client;
  AssembledDriver driver({}, kStepped);
  ASSERT_EQ(driver.open(client), Error::none);
  const core::RtLock::Token acquisition = driver.slot(0).lock.try_acquire();
  ASSERT_NE(acquisition, 0U);
  EXPECT_FALSE(driver.streams->settle(hal::monotonic_now_ns() + 1'000'000));
  driver.slot(0).lock.release(acquisition);
  EXPECT_TRUE(driver.streams->settle(hal::monotonic_now_ns() + 1'000'000'000));
}

}  // namespace
}  // namespace refwave::control
