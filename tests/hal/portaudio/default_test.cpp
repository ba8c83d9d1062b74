// Another device becomes the default. Here the test says so; on Windows the system does
// (device_changes_windows.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/portaudio/session.h"
#include "tests/hal/portaudio/hanging_alsa.h"

namespace refwave::hal {
namespace {

using test::Client;
using test::eventually;
using testing::HasSubstr;

class PortAudioDefault : public testing::Test {
 protected:
  void TearDown() override { session.end(); }

  PortAudioSession::StreamPointer open(const std::string& device) {
    return session.open({.device = device, .rate = 48'000}, client, error);
  }
  PortAudioSession::StreamPointer play(const std::string& device) {
    auto stream = open(device);
    EXPECT_NE(stream, nullptr) << error;
    if (!stream) return nullptr;
    EXPECT_TRUE(test::succeeded(session.start(*stream)));
    EXPECT_TRUE(eventually([&] { return client->periods > 3; }));
    return stream;
  }
  void change_the_default() { ++changes->defaults[static_cast<std::size_t>(Direction::output)]; }

  const test::HangingAlsa folder;
  const std::shared_ptr<ChangeCounts> changes = std::make_shared<ChangeCounts>();
  const std::shared_ptr<Client> client = std::make_shared<Client>();
  std::string error;
  PortAudioSession session{changes};
};

TEST_F(PortAudioDefault, A_stream_on_the_old_default_is_lost_and_the_next_one_opens) {
  const auto stream = play("");
  ASSERT_NE(stream, nullptr);
  session.watch();
  EXPECT_FALSE(stream->is_lost());

  change_the_default();
  session.watch();

  EXPECT_TRUE(stream->is_lost());
  EXPECT_EQ(client->losses, 1U);
  EXPECT_THAT(session.start(*stream).reason(), HasSubstr("the device has gone"));
  session.close(stream);
  client->periods = 0;
  const auto next = play("default");
  ASSERT_NE(next, nullptr);
  session.watch();
  EXPECT_FALSE(next->is_lost());
  session.close(next);
}

TEST_F(PortAudioDefault, A_stream_on_a_device_that_was_named_plays_on_until_the_default_is_asked_for) {
  const auto named = play("ALSA/default");
  ASSERT_NE(named, nullptr);
  change_the_default();
  session.watch();
  EXPECT_FALSE(named->is_lost());

  EXPECT_EQ(open("default"), nullptr);
  EXPECT_THAT(error, HasSubstr("the default device has changed"));
  EXPECT_TRUE(named->is_lost()) << "PortAudio finds the new default when nothing plays any more";
  EXPECT_EQ(client->losses, 1U);

  session.close(named);
  const auto next = open("default");
  EXPECT_NE(next, nullptr) << error;
  if (next) session.close(next);
}

TEST_F(PortAudioDefault, A_stream_that_has_not_begun_is_not_taken_from_its_owner) {
  const auto waiting = open("ALSA/default");
  ASSERT_NE(waiting, nullptr) << error;
  change_the_default();
  const auto other = open("default");
  EXPECT_NE(other, nullptr) << "on the default that PortAudio still knows: " << error;
  EXPECT_FALSE(waiting->is_lost());
  session.close(waiting);
  if (other) session.close(other);
}

}  // namespace
}  // namespace refwave::hal
