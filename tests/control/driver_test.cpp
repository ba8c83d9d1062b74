// The driver's state between DRV_ENABLE and DRV_DISABLE, without a sound device.
#include "driver/control/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "tests/stream/assembled_driver.h"
#include "tests/support/temporary_folder.h"

namespace refwave::control {
namespace {

using test::Client;
using test::eventually;
using test::kClocked;
using test::kOutput;
using testing::HasSubstr;
using testing::Not;

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

}  // namespace
}  // namespace refwave::control
