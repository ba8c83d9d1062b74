// The driver's state between DRV_ENABLE and DRV_DISABLE, without a sound device.
#include "driver/control/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <thread>

#include "tests/stream/assembled_driver.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/threads.h"

namespace refwave::control {
namespace {

using test::Client;
using test::eventually;
using test::kClocked;
using test::kOutput;
using testing::HasSubstr;
using testing::Not;

TEST(Driver, Notifiers_end_some_seconds_after_their_streams) {
  const std::size_t before = test::threads_of_the_driver();
  std::deque<Client> clients(8);
  Driver driver;
  driver.configure(std::string(kClocked) + "; linger_ms = 0");
  for (int round = 0; round < 2; ++round) {
    for (Client& client : clients) {
      ASSERT_EQ(open(driver, client), Error::none);
      ASSERT_EQ(write(driver, client), Error::none);
    }
    EXPECT_EQ(driver.statistics().notifiers.threads, 8U);
    for (Client& client : clients) {
      EXPECT_TRUE(eventually([&] { return client.all_done(); }));
      EXPECT_EQ(close(driver, client), Error::none);
    }
    // The supervisor and the device thread are kept.
    EXPECT_TRUE(eventually([&] { return test::threads_of_the_driver() <= before + 2; }));
    EXPECT_EQ(driver.statistics().notifiers.threads, 0U);
  }
  EXPECT_TRUE(driver.end());
}

TEST(Driver, Ends_cleanly_at_every_moment_of_a_start) {
  const std::size_t before = test::threads_of_the_driver();
  for (int moment = 0; moment < 60; ++moment) {
    Client client;
    Driver driver;
    driver.configure(kClocked);
    ASSERT_EQ(open(driver, client), Error::none);
    for (int i = 0; i < 20; ++i) write(driver, client);
    const int turns = moment * 2'000;
    for (std::atomic<int> turn{0}; turn < turns; ++turn) {
    }
    ASSERT_TRUE(driver.end()) << moment;
    // A joined thread stays in /proc until the kernel removes it.
    ASSERT_TRUE(eventually([&] { return test::threads_of_the_driver() == before; })) << moment;
    EXPECT_TRUE(client.all_done());
    EXPECT_TRUE(client.in_order());
    EXPECT_EQ(client.closed, 1U);
  }
}

double area_of(const std::filesystem::path& path) {
  const std::string bytes = test::contents_of(path);
  double sum = 0;
  for (std::size_t at = bytes.find("data") + 8; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    float sample = 0;
    std::memcpy(&sample, &bytes[at], sizeof sample);
    sum += static_cast<double>(sample);
  }
  return sum;
}

/// The client's last frames are in the resampler when their header is done.
TEST(Driver, A_resampled_stream_that_is_closed_at_its_last_message_is_heard_to_its_end) {
  constexpr dsp::Format k8000{.type = dsp::SampleType::s16, .channels = 2, .rate = 8'000};
  for (std::uint32_t frames = 70; frames < 90; ++frames) {
    const test::TemporaryFolder folder;
    Client client;
    Driver driver;
    driver.configure("output = clocked; clock = 1; rate = 48000; capture = " + (folder / "a.wav").string());
    ASSERT_EQ(driver.open(0, kOutput, k8000, client.callback(), client.handle), Error::none);
    ASSERT_EQ(write(driver, client, frames), Error::none);
    ASSERT_TRUE(eventually([&] { return client.all_done(); }));
    ASSERT_EQ(close(driver, client), Error::none);
    EXPECT_TRUE(driver.end());
    const double heard = area_of(folder / "a.wav") / (2 * 1'000.0 / 32'768);
    EXPECT_NEAR(heard, frames * 6, 3) << "of 48 kHz";
  }
}

TEST(Driver, Settings_are_not_taken_over_while_a_stream_is_open_and_that_is_said) {
  Client client;
  Driver driver;
  driver.configure(kClocked);
  ASSERT_EQ(open(driver, client), Error::none);
  driver.configure(kClocked);
  EXPECT_THAT(driver.warnings(), Not(HasSubstr("streams are open"))) << "they are the same";
  driver.configure("output = clocked | clocked");
  EXPECT_EQ(driver.devices(kOutput), 1U);
  EXPECT_THAT(driver.warnings(), HasSubstr("streams are open"));

  EXPECT_EQ(close(driver, client), Error::none);
  driver.configure("output = clocked | clocked");
  EXPECT_EQ(driver.devices(kOutput), 2U);
  EXPECT_TRUE(driver.end());
}

TEST(Driver, A_program_on_the_list_finds_no_device) {
  Client client;
  Driver driver;
  driver.configure("output = clocked; deny = another.exe | DRIVER_test | Driver_Test.exe");
  EXPECT_EQ(driver.devices(kOutput), 0U);
  EXPECT_EQ(driver.devices(hal::Direction::input), 0U);
  EXPECT_EQ(open(driver, client), Error::bad_device);
  EXPECT_THAT(driver.warnings(), HasSubstr("finds no device"));

  driver.configure("deny = another.exe");
  EXPECT_EQ(driver.devices(kOutput), 1U);
  EXPECT_EQ(open(driver, client), Error::none);
  EXPECT_TRUE(driver.end());
}

/// Effects: plays on a device whose period, and so its stop, takes a second; then closes the stream.
void leave_a_slow_device(Driver& driver, Client& client, const std::string& more = {}) {
  driver.configure("output = clocked; input = clocked; clock = 0.01; " + more);
  ASSERT_EQ(open(driver, client), Error::none);
  write(driver, client);
  ASSERT_TRUE(eventually([&] { return driver.statistics().periods > 0; }));
  driver.streams().reset(client.handle, kOutput);
  ASSERT_EQ(close(driver, client), Error::none);
}

TEST(Driver, Settings_that_change_while_streams_are_opened_and_closed_leave_none_behind) {
  const std::size_t before = test::threads_of_the_driver();
  Driver driver;
  driver.configure(kClocked);
  std::atomic<bool> ending{false};
  std::atomic<std::uint32_t> changes{0};
  std::thread other([&] {
    for (std::uint32_t i = 0; !ending; ++i) {
      if (driver.configure(i % 2 == 0 ? "period = 128" : "period = 256")) ++changes;
    }
  });
  const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  const auto deadline = enough + std::chrono::seconds(30);  // for a machine that lets the other thread wait
  for (auto now = std::chrono::steady_clock::now(); now < enough || (changes == 0 && now < deadline);
       now = std::chrono::steady_clock::now()) {
    Client client;
    ASSERT_EQ(open(driver, client), Error::none);
    ASSERT_EQ(write(driver, client, 100), Error::none);
    EXPECT_TRUE(eventually([&] { return client.all_done(); }));
    EXPECT_EQ(driver.statistics().device.name, "clocked") << "the stream's device is one of the driver's";
    ASSERT_EQ(close(driver, client), Error::none);
  }
  ending = true;
  other.join();
  EXPECT_GT(changes.load(), 0U);
  EXPECT_TRUE(driver.end());
  EXPECT_TRUE(eventually([&] { return test::threads_of_the_driver() == before; }));
}

/// DRV_DISABLE waits two seconds for calls that are inside; a device may hang for longer.
TEST(Driver, An_open_that_is_still_under_way_at_the_end_fails) {
  Client client;
  Client late;
  Driver driver;
  leave_a_slow_device(driver, client, "linger_ms = 0");
  ASSERT_TRUE(eventually([&] { return driver.statistics().device.name.empty(); })) << "being closed";
  std::atomic<bool> opened{false};
  std::thread opening([&] {
    EXPECT_EQ(open(driver, late), Error::no_memory);
    opened = true;
  });
  ASSERT_TRUE(eventually([&] { return driver.streams().in_use(); }));
  EXPECT_FALSE(opened) << "nothing was tested: the device before was closed at once";
  EXPECT_TRUE(driver.end());
  opening.join();
  EXPECT_EQ(late.opened, 0U);
}

}  // namespace
}  // namespace refwave::control
