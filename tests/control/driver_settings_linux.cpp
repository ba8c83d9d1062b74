// A driver's settings: a log without a place, a second driver for a trial, and values that no other test
// sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "driver/control/driver.h"
#include "tests/stream/assembled_driver.h"
#include "tests/support/temporary_folder.h"

namespace refwave::control {
namespace {

using test::Client;
using test::kClocked;
using test::kOutput;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

TEST(DriverSettings, A_log_that_cannot_be_made_is_a_warning_and_the_driver_plays) {
  const test::TemporaryFolder folder;
  Driver driver;
  EXPECT_TRUE(driver.configure(std::string(kClocked) + "; log = " + (folder / "none").string() + "/a.log"));
  EXPECT_THAT(driver.warnings(), AllOf(HasSubstr("/a.log: "), HasSubstr("nothing is logged")));
  EXPECT_TRUE(plays(driver));
  EXPECT_TRUE(driver.end());
}

TEST(DriverSettings, All_stands_for_the_devices_that_no_name_means_as_of_the_first_call) {
  const test::TemporaryFolder folder;
  const std::string alsa = (folder / "asound.conf").string();
  std::ofstream(alsa) << "pcm.!default { type null }\npcm.first { type null }\npcm.second { type null }\n";
  setenv("ALSA_CONFIG_PATH", alsa.c_str(), 1);
  configuration::Configuration defaults;
  defaults.output = {"default", "all"};
  defaults.input = {"all", "clocked", "first"};
  Driver driver({}, defaults);
  EXPECT_THAT(driver.device_names(kOutput), ElementsAre("default")) << "before the first call";
  std::ofstream(alsa, std::ios::app) << "pcm.third { type null }\n";
  EXPECT_EQ(driver.devices(kOutput), 4U);
  EXPECT_THAT(driver.device_names(kOutput),
              UnorderedElementsAre("default", "ALSA/first", "ALSA/second", "ALSA/third"));
  EXPECT_THAT(driver.device_names(hal::Direction::input),
              UnorderedElementsAre("ALSA/default", "ALSA/second", "ALSA/third", "clocked", "first"));
  std::ofstream(alsa, std::ios::app) << "pcm.fourth { type null }\n";
  EXPECT_EQ(driver.devices(kOutput), 4U) << "a constant";
  Client client;
  EXPECT_EQ(driver.open(3, kOutput, test::kStereo16, client.callback(), client.handle), Error::none);
  EXPECT_TRUE(driver.end());
  unsetenv("ALSA_CONFIG_PATH");
}

TEST(DriverSettings, A_trial_has_settings_of_its_own_and_the_same_devices) {
  Driver driver;
  driver.configure(kClocked);
  const std::unique_ptr<Driver> other = driver.trial("ring = 16; nonsense = 1");
  EXPECT_THAT(other->warnings(), HasSubstr("nonsense"));
  EXPECT_THAT(driver.warnings(), Not(HasSubstr("nonsense")));
  EXPECT_EQ(other->device_names(kOutput), std::vector<std::string>{"clocked"});
  EXPECT_TRUE(plays(*other));
  EXPECT_TRUE(other->end());
  EXPECT_TRUE(plays(driver));
  EXPECT_TRUE(driver.end());
}

TEST(DriverSettings, After_its_end_a_driver_answers_and_has_no_devices) {
  Driver driver;
  driver.configure(kClocked);
  EXPECT_TRUE(driver.end());
  std::uint32_t volume = 0;
  EXPECT_EQ(driver.device_volume(0, volume), Error::bad_device);
  EXPECT_EQ(driver.statistics().device.name, "");
  driver.retry_lost_devices();
  const std::unique_ptr<Driver> other = driver.trial("ring = 16");
  EXPECT_FALSE(plays(*other));
  EXPECT_TRUE(other->end());
  EXPECT_TRUE(driver.end());
}

TEST(DriverSettings, Every_value_of_a_key_plays) {
  for (const char* setting :
       {"audio_priority = ordinary", "audio_priority = rtkit", "audio_priority = rtkit; completion = direct",
        "resampling = fastest; rate = 44100", "resampling = best; rate = 44100", "dither = off; format = s16",
        "dither = on; format = s16", "format = u8"}) {
    Driver driver;
    EXPECT_TRUE(driver.configure(std::string(kClocked) + "; " + setting)) << setting << driver.warnings();
    EXPECT_TRUE(plays(driver)) << setting;
    EXPECT_TRUE(driver.end()) << setting;
  }
}

}  // namespace
}  // namespace refwave::control
