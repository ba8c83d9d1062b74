// The choice of the device to open, and the error if there is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "hal/clocked/clocked_backend.h"
#include "hal/devices.h"
#include "tests/hal/clients.h"

namespace refwave::hal {
namespace {

using test::Client;
using testing::HasSubstr;

struct NamedDevice final : Device {
  explicit NamedDevice(std::string name) { open_info.name = std::move(name); }
  const OpenInfo& info() const override { return open_info; }
  Status start() override { return {}; }
  Status stop() override { return {}; }
  OpenInfo open_info;
};

/// A backend with the devices that a test gives it; the first is its default.
struct FakeBackend final : Backend {
  std::vector<std::string> names;
  std::string failure;  // what every open says
  std::string trouble;
  std::string known;  // a name beside those of the list
  Availability there = Availability::none;
  bool is_slow = false;  // a server has not told its devices
  int lists = 0;

  std::string_view name() const override { return "Fake"; }
  std::string problem() const override { return trouble; }
  Availability availability() const override { return there; }
  bool may_have(Direction, const std::string&) override { return is_slow; }
  std::string full_name(Direction, const std::string& name) override {
    return name == known ? "Fake/" + name : "";
  }
  std::vector<DeviceInfo> list(Direction direction) override {
    ++lists;
    std::vector<DeviceInfo> all;
    for (const std::string& device : names) {
      all.push_back({.name = device, .backend = "Fake", .direction = direction, .is_default = all.empty()});
    }
    return all;
  }
  OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback>) override {
    if (!failure.empty()) return {nullptr, failure};
    if (names.empty()) return {nullptr, "Fake has no default device"};
    return {std::make_unique<NamedDevice>(request.device.empty() ? names.front() : request.device), {}};
  }
};

class DevicesTest : public testing::Test {
 protected:
  DeviceResult open(const std::string& name, Fallback fallback = Fallback::none) {
    return devices.open({.device = name}, std::make_shared<Client>(), fallback);
  }

  static std::vector<std::unique_ptr<Backend>> with_clocked(FakeBackend* first) {
    std::vector<std::unique_ptr<Backend>> both;
    both.emplace_back(first);
    both.push_back(std::make_unique<ClockedBackend>(ClockedOptions{.speed = 0.0}));
    return both;
  }

  FakeBackend* fake = new FakeBackend;
  Devices devices{with_clocked(fake)};
};

struct Named {
  std::vector<std::string> names;
  const char* asked;
  const char* opened;  // or else:
  const char* error = "";
};

TEST_F(DevicesTest, A_name_means_a_device_exactly_or_behind_its_host_API_or_by_a_unique_part_in_any_case) {
  for (const Named& one : {
           Named{{"ALSA/default", "ALSA/pulse", "PulseAudio/usb"}, "Pulse", "ALSA/pulse"},
           Named{{"PulseAudio/usb", "PulseAudio/usb.monitor"}, "usb", "PulseAudio/usb"},
           Named{{"ALSA/Built-in Audio", "JACK/system"}, "built-IN", "ALSA/Built-in Audio"},
           Named{{"ALSA/hw2", "ALSA/hw"}, "ALSA/hw", "ALSA/hw"},
           Named{{"ALSA/hw", "ALSA/other"}, "", "ALSA/hw"},
           Named{{"ALSA/hw", "ALSA/other"}, "Default", "ALSA/hw"},
           Named{{"ALSA/hw1", "ALSA/hw2", "JACK/system"},
                 "alsa",
                 nullptr,
                 "\"alsa\" is part of several output devices' names: ALSA/hw1, ALSA/hw2"},
           Named{{"ALSA/default"},
                 "Gramophone",
                 nullptr,
                 "no output device \"Gramophone\"; available: ALSA/default, clocked (half of it is broken)"},
       }) {
    fake->names = one.names;
    fake->trouble = "half of it is broken";
    const bool is_there = one.opened != nullptr;
    const DeviceResult result = open(one.asked, is_there ? Fallback::none : Fallback::clocked);
    EXPECT_EQ(result.device ? result.device->info().name : "", is_there ? one.opened : "") << one.asked;
    EXPECT_EQ(result.error.find(one.error), 0U) << result.error;
  }
}

TEST_F(DevicesTest, All_backends_are_listed_in_order_and_one_device_of_a_direction_as_the_default) {
  fake->names = {"ALSA/default", "ALSA/hw"};
  for (const Direction direction : {Direction::output, Direction::input}) {
    const auto all = devices.list(direction);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].name, "ALSA/default");
    EXPECT_EQ(all[2].name, "clocked");
    EXPECT_TRUE(all[0].is_default);
    EXPECT_EQ(std::ranges::count_if(all, &DeviceInfo::is_default), 1);
  }
  fake->names.clear();
  EXPECT_TRUE(devices.list(Direction::output)[0].is_default) << "the clocked device serves";
}

TEST_F(DevicesTest, The_others_are_those_of_the_defaults_host_API_that_no_name_means) {
  fake->names = {"ALSA/usb", "JACK/system", "ALSA/hdmi", "ALSA/line"};
  const auto others = [&](std::vector<std::string> named, std::size_t most) {
    return devices.others(Direction::output, named, most);
  };
  EXPECT_THAT(others({"default", "clocked", "HDMI"}, 9), testing::ElementsAre("ALSA/line"));
  EXPECT_THAT(others({}, 2), testing::ElementsAre("ALSA/usb", "ALSA/hdmi"));
  fake->names.clear();
  EXPECT_THAT(others({"default"}, 9), testing::IsEmpty());
}

TEST_F(DevicesTest, A_device_that_does_not_open_is_missed_and_the_clocked_one_serves) {
  const DeviceResult result = open("", Fallback::clocked);
  EXPECT_EQ(result.device->info().name, "clocked");
  EXPECT_TRUE(result.is_fallback);
  EXPECT_EQ(result.reason, "Fake has no default device");
  EXPECT_EQ(result.missed, Availability::none);
  EXPECT_EQ(open("").error, "Fake has no default device");
  fake->there = Availability::server_pending;
  EXPECT_EQ(open("", Fallback::clocked).missed, Availability::server_pending);
  EXPECT_EQ(open("ALSA/typo").missed, Availability::unusable);
  fake->is_slow = true;
  EXPECT_EQ(open("PulseAudio/slow").missed, Availability::server_pending) << "not listed yet";
  fake->there = Availability::none;
  fake->names = {"ALSA/hw"};
  fake->failure = "busy";
  EXPECT_EQ(open("hw", Fallback::clocked).missed, Availability::unusable);
  fake->failure.clear();
  EXPECT_EQ(open("hw", Fallback::clocked).missed, Availability::none);
}

TEST_F(DevicesTest, A_name_that_a_backend_knows_opens_without_a_list_and_before_a_part_of_a_name) {
  fake->names = {"ALSA/Card (hw:CARD=USB,DEV=0)"};
  fake->known = "hw:CARD=USB";
  EXPECT_EQ(open("hw:CARD=USB").device->info().name, "Fake/hw:CARD=USB");
  EXPECT_EQ(open("clocked").device->info().name, "clocked");
  EXPECT_EQ(fake->lists, 0);
  EXPECT_EQ(open("USB").device->info().name, "ALSA/Card (hw:CARD=USB,DEV=0)");
  fake->failure = "busy";
  EXPECT_TRUE(open("hw:CARD=USB", Fallback::clocked).is_fallback);
}

}  // namespace
}  // namespace refwave::hal
