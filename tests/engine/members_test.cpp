// The streams of one device when it is replaced, while an audio thread stays in one of them.
#include "driver/engine/members.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <thread>

#include "driver/configuration/configuration.h"
#include "driver/core/stream/audio_section.h"

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

  /// Effects: an audio thread comes, and stays.
  core::RtLock::Token acquire() { return inside_ = stream_.lock.try_acquire(); }

  core::RtLock::Token inside_ = 0;
  std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  core::Stream& stream_ = table_->streams[0];
  configuration::Configuration configuration_;
  Members members_{table_, hal::Direction::output, configuration_};
  std::uint32_t epoch_ = 0;
};

TEST_F(MembersTest, A_thread_that_stays_ten_ticks_behind_is_reported) {
  ASSERT_NE(acquire(), 0U);
  change_device();
  EXPECT_EQ(tick(9), 0);
  EXPECT_EQ(stream_.overdue.load(), 0U);
  EXPECT_EQ(tick(1), 1);
  EXPECT_EQ(stream_.overdue.load(), inside_);
}

/// A header has to complete within half a second, however many devices come and go meanwhile.
TEST_F(MembersTest, Another_device_does_not_begin_the_ten_ticks_anew) {
  ASSERT_NE(acquire(), 0U);
  change_device();
  EXPECT_EQ(tick(6), 0);
  change_device();
  EXPECT_EQ(tick(4), 1);
  EXPECT_EQ(stream_.overdue.load(), inside_);
}

TEST_F(MembersTest, A_thread_that_came_back_has_ten_ticks_again) {
  ASSERT_NE(acquire(), 0U);
  change_device();
  EXPECT_EQ(tick(6), 0);
  stream_.lock.release(inside_);
  EXPECT_EQ(tick(1), 0);
  ASSERT_NE(acquire(), 0U);
  change_device();
  EXPECT_EQ(tick(9), 0);
  EXPECT_EQ(stream_.overdue.load(), 0U);
}

TEST_F(MembersTest, The_newest_device_serves_a_fresh_audio_state) {
  ASSERT_NE(acquire(), 0U);
  change_device();
  EXPECT_EQ(tick(10), 1U);
  ASSERT_TRUE(core::replace_overdue(stream_, inside_));
  EXPECT_EQ(stream_.audio().device(), 0U);
  members_.serve_again(stream_);
  EXPECT_EQ(stream_.audio().device(), epoch_);
  EXPECT_EQ(tick(20), 0U);
}

/// The call may be writing a header, and have seen that the device runs.
TEST_F(MembersTest, A_stream_with_a_call_inside_is_not_idle) {
  EXPECT_TRUE(members_.is_idle());
  const std::lock_guard call(stream_.mutex);
  bool idle = true;
  std::thread([&] { idle = members_.is_idle(); }).join();
  EXPECT_FALSE(idle);
}

}  // namespace
}  // namespace refwave::engine
