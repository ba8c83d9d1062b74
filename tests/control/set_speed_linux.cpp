// A client's other calls on a stream while a filter for another rate or pitch is designed. This program's
// operator new sees when that happens.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "dsp/filter_bank.h"
#include "tests/stream/assembled_driver.h"

namespace {
thread_local std::function<void()>* on_filter = nullptr;
}  // namespace

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  if (on_filter != nullptr && bytes == sizeof(refwave::dsp::FilterBank)) {
    const auto call = std::exchange(on_filter, nullptr);
    (*call)();
    on_filter = call;
  }
  try {
    return ::operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

namespace refwave::control {
namespace {

using test::AssembledDriver;
using test::Client;
using test::eventually;
using test::kStepped;

TEST(SetSpeed, Lets_the_streams_other_calls_through_while_it_designs_a_filter) {
  Client client;
  AssembledDriver driver({}, kStepped);
  ASSERT_EQ(driver.open(client), Error::none);
  std::vector<std::thread> others;
  std::atomic<int> ended{0};
  int designed = 0;
  bool all_went_through = true;
  std::function<void()> during = [&] {
    ++designed;
    others.emplace_back([&] {
      std::uint32_t volume = 0;
      driver.streams->volume(client.handle, volume);
      ++ended;
    });
    all_went_through = all_went_through && eventually([&] { return ended == designed; });
  };
  on_filter = &during;
  for (const auto& [part, factor] :
       {std::pair{SpeedPart::pitch, 2 * dsp::kUnity}, {SpeedPart::rate, dsp::kUnity / 8 * 13}}) {
    const int before = designed;
    EXPECT_EQ(driver.streams->set_speed(client.handle, part, factor), Error::none);
    EXPECT_GT(designed, before) << "the test's rates have filters of their own";
    EXPECT_TRUE(all_went_through);
  }
  on_filter = nullptr;
  for (std::thread& other : others) other.join();
}

}  // namespace
}  // namespace refwave::control
