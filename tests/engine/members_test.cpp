// The streams of a device that is replaced while an audio thread is stuck in one of them.
#include "driver/engine/members.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <thread>

#include "driver/configuration/configuration.h"

namespace refwave::engine {
namespace {

class MembersTest : public testing::Test {
 protected:
  static constexpr dsp::Format kFormat{dsp::SampleType::f32, 2, 48'000, 0};

  MembersTest() {
    stream_.furnish(hal::Direction::output, kFormat, 16, core::Done::consumed);
    EXPECT_TRUE(members_.add(stream_));
  }

  void change_device() {
    Members::Pipelines made;
    ASSERT_TRUE(members_.make_pipelines(kFormat, made));
    members_.move_all(kFormat, ++epoch_, made);
  }
  std::size_t tick(int times) {
    std::size_t given_up = 0;
    for (int i = 0; i < times; ++i) given_up += members_.fetch_left_behind();
    return given_up;
  }

  core::RtLock::Token acquire() { return inside_ = stream_.lock.try_acquire(); }

  core::RtLock::Token inside_ = 0;
  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  core::Stream& stream_ = table_->streams[0];
  configuration::Configuration configuration_;
  Members members_{table_, hal::Direction::output, configuration_};
  std::uint32_t epoch_ = 0;
};

/// A header completes within half a second, however often the device changes.
TEST_F(MembersTest, Another_device_does_not_restart_the_ten_ticks) {
  ASSERT_NE(acquire(), 0U);
  change_device();
  EXPECT_EQ(tick(6), 0);
  change_device();
  EXPECT_EQ(tick(4), 1);
  EXPECT_EQ(stream_.overdue.load(), inside_);
}

/// The call may be writing a header, and may have seen the device running.
TEST_F(MembersTest, A_stream_with_a_call_inside_is_not_idle) {
  EXPECT_TRUE(members_.is_idle());
  const std::lock_guard call(stream_.mutex);
  bool idle = true;
  std::thread([&] { idle = members_.is_idle(); }).join();
  EXPECT_FALSE(idle);
}

}  // namespace
}  // namespace refwave::engine
