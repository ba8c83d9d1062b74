// The choice of the device to open, and the error if there is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "hal/clocked/clocked_backend.h"
#include "hal/device_names.h"
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
  std::string silence;
  std::string known;  // a name beside those of the list
  bool is_unknown = false;
  Presence there = Presence::nothing;
  bool is_slow = false;  // a server has not told its devices
  std::uint32_t changed = 0;
  int lists = 0;

  std::string_view name() const override { return "Fake"; }
  std::string problem() const override { return trouble; }
  std::string hang() const override { return silence; }
  Presence presence() const override { return there; }
  std::uint32_t changes() const noexcept override { return changed; }
  bool may_have(Direction, const std::string&) override { return is_slow; }
  std::string full_name(Direction, const std::string& name) override {
    return name == known ? "Fake/" + name : "";
  }
  std::vector<DeviceInfo> list(Direction direction, AskRates) override {
    ++lists;
    std::vector<DeviceInfo> all;
    for (const std::string& device : names) {
      all.push_back({.name = device, .backend = "Fake", .direction = direction, .is_default = all.empty()});
    }
    return all;
  }
  OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback>) override {
    if (!failure.empty()) return {nullptr, failure, is_unknown};
    if (names.empty()) return {nullptr, "Fake has no default device"};
    return {std::make_unique<NamedDevice>(request.device.empty() ? names.front() : request.device), {}};
  }
};

class DevicesTest : public testing::Test {
 protected:
  DeviceResult open(const std::string& name, Fallback fallback = Fallback::none) {
    return devices.open({.device = name}, std::make_shared<Client>(), fallback);
  }

  FakeBackend* fake = new FakeBackend;
  Devices devices{[this] {
    std::vector<std::unique_ptr<Backend>> backends;
    backends.emplace_back(fake);
    backends.push_back(std::make_unique<ClockedBackend>(ClockedOptions{.speed = 0.0}));
    return backends;
  }()};
};

TEST_F(DevicesTest, A_name_behind_a_host_API_is_preferred_to_part_of_a_name) {
  fake->names = {"ALSA/default", "ALSA/pulse", "PulseAudio/usb", "PulseAudio/usb.monitor"};
  EXPECT_EQ(open("Pulse").device->info().name, "ALSA/pulse");
  EXPECT_EQ(open("usb").device->info().name, "PulseAudio/usb");
  EXPECT_THAT(open("pulseaudio").error, HasSubstr("several"));
}

TEST_F(DevicesTest, Lists_all_backends_in_order) {
  fake->names = {"ALSA/default", "ALSA/hw"};
  const auto all = devices.list(Direction::input);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "ALSA/default");
  EXPECT_EQ(all[2].name, "clocked");
}

TEST_F(DevicesTest, One_device_of_a_direction_is_listed_as_the_default) {
  fake->names = {"ALSA/default", "ALSA/hw"};
  for (const Direction direction : {Direction::output, Direction::input}) {
    const auto all = devices.list(direction);
    EXPECT_TRUE(all[0].is_default);
    EXPECT_EQ(std::ranges::count_if(all, &DeviceInfo::is_default), 1);
  }
  fake->names.clear();
  EXPECT_TRUE(devices.list(Direction::output)[0].is_default) << "the clocked device serves";
}

TEST_F(DevicesTest, The_default_is_the_first_backends_default) {
  fake->names = {"ALSA/hw", "ALSA/other"};
  for (const char* name : {"", "default", "Default"}) EXPECT_EQ(open(name).device->info().name, "ALSA/hw");
}

TEST_F(DevicesTest, Without_any_sound_device_the_clocked_one_serves_and_says_why) {
  const DeviceResult result = open("", Fallback::clocked);
  EXPECT_EQ(result.device->info().name, "clocked");
  EXPECT_TRUE(result.is_fallback);
  EXPECT_EQ(result.reason, "Fake has no default device");
}

TEST_F(DevicesTest, Without_any_sound_device_nothing_is_missed) {
  EXPECT_EQ(open("", Fallback::clocked).missed, Presence::nothing);
  EXPECT_EQ(open("clocked").missed, Presence::nothing);
}

TEST_F(DevicesTest, A_device_that_does_not_open_is_missed) {
  fake->there = Presence::slow_server;
  EXPECT_EQ(open("", Fallback::clocked).missed, Presence::slow_server);
  EXPECT_EQ(open("ALSA/typo", Fallback::none).missed, Presence::something);
  fake->is_slow = true;
  EXPECT_EQ(open("PulseAudio/slow", Fallback::none).missed, Presence::slow_server) << "not listed yet";
  fake->there = Presence::nothing;
  fake->names = {"ALSA/hw"};
  fake->failure = "busy";
  EXPECT_EQ(open("hw", Fallback::clocked).missed, Presence::something);
  fake->failure.clear();
  EXPECT_EQ(open("hw", Fallback::clocked).missed, Presence::nothing);
}

TEST_F(DevicesTest, A_name_of_a_server_that_has_not_told_its_devices_has_a_fallback) {
  fake->there = Presence::slow_server;
  EXPECT_EQ(open("slow", Fallback::clocked).device, nullptr) << "it is another server that is slow";
  fake->is_slow = true;
  const DeviceResult result = open("slow", Fallback::clocked);
  EXPECT_TRUE(result.is_fallback);
  EXPECT_THAT(result.reason, HasSubstr("no output device \"slow\""));
}

TEST_F(DevicesTest, A_name_that_the_backend_knows_and_does_not_have_has_no_fallback) {
  fake->known = "gone";
  fake->failure = "no such device";
  EXPECT_TRUE(open("gone", Fallback::clocked).is_fallback);
  fake->is_unknown = true;
  const DeviceResult result = open("gone", Fallback::clocked);
  EXPECT_EQ(result.device, nullptr);
  EXPECT_EQ(result.error, "no output device \"gone\"; available: clocked");
}

TEST_F(DevicesTest, Without_fallback_a_missing_default_is_an_error) {
  const DeviceResult result = open("");
  EXPECT_EQ(result.device, nullptr);
  EXPECT_EQ(result.error, "Fake has no default device");
}

TEST_F(DevicesTest, The_clocked_device_can_be_asked_for_and_no_other_is_looked_for) {
  fake->names = {"ALSA/default"};
  const DeviceResult result = open("clocked");
  EXPECT_EQ(result.device->info().name, "clocked");
  EXPECT_FALSE(result.is_fallback);
  EXPECT_EQ(fake->lists, 0) << "sound cards were looked for in vain";
}

TEST_F(DevicesTest, A_unique_part_of_a_name_in_any_case_is_enough) {
  fake->names = {"ALSA/Built-in Audio", "JACK/system"};
  EXPECT_EQ(open("built-IN").device->info().name, "ALSA/Built-in Audio");
}

TEST_F(DevicesTest, An_exact_name_wins_over_being_a_part_of_others) {
  fake->names = {"ALSA/hw2", "ALSA/hw"};
  EXPECT_EQ(open("ALSA/hw").device->info().name, "ALSA/hw");
}

TEST_F(DevicesTest, An_ambiguous_name_is_an_error_that_lists_the_candidates) {
  fake->names = {"ALSA/hw1", "ALSA/hw2", "JACK/system"};
  const DeviceResult result = open("alsa", Fallback::clocked);
  EXPECT_EQ(result.device, nullptr);
  EXPECT_EQ(result.error, "\"alsa\" is part of several output devices' names: ALSA/hw1, ALSA/hw2");
}

TEST_F(DevicesTest, An_unknown_name_is_an_error_that_lists_all_even_with_a_fallback) {
  fake->names = {"ALSA/default"};
  fake->trouble = "half of it is broken";
  const DeviceResult result = open("Gramophone", Fallback::clocked);
  EXPECT_EQ(result.device, nullptr);
  EXPECT_EQ(result.error,
            "no output device \"Gramophone\"; available: ALSA/default, clocked (half of it is broken)");
}

TEST_F(DevicesTest, A_name_where_there_are_no_devices_of_that_direction_is_an_error_that_says_so) {
  const std::vector<DeviceInfo> inputs = {
      {.name = "ALSA/hw", .backend = "ALSA", .direction = Direction::input}};
  const Choice choice = choose_device(inputs, Direction::output, "hw");
  EXPECT_EQ(choice.device, nullptr);
  EXPECT_EQ(choice.error, "no output device \"hw\"; there are no output devices");
  EXPECT_NE(choose_device(inputs, Direction::input, "hw").device, nullptr);
}

TEST(DevicesOfTwoLibraries, The_first_that_stands_still_is_told_and_every_change_is_seen) {
  auto* const first = new FakeBackend;
  auto* const second = new FakeBackend;
  std::vector<std::unique_ptr<Backend>> backends;
  backends.emplace_back(first);
  backends.emplace_back(second);
  const Devices both(std::move(backends));
  EXPECT_EQ(both.hang(), "");
  second->silence = "the second stands still";
  EXPECT_EQ(both.hang(), "the second stands still");
  first->silence = "the first stands still";
  EXPECT_EQ(both.hang(), "the first stands still");
  const std::uint32_t before = both.changes();
  ++first->changed;
  EXPECT_NE(both.changes(), before);
}

TEST(DevicesOfALoop, More_than_its_line_has_room_for_are_an_error_with_a_fallback_as_well) {
  std::vector<std::unique_ptr<Backend>> backends;
  backends.push_back(std::make_unique<ClockedBackend>(ClockedOptions{.speed = 0.0, .loop = true}));
  Devices devices(std::move(backends));
  const auto open = [&] { return devices.open({}, std::make_shared<Client>(), Fallback::clocked); };
  std::vector<DeviceResult> opened;
  for (opened.push_back(open()); opened.back().device && opened.size() < 1'000;) opened.push_back(open());
  EXPECT_GT(opened.size(), 1U);
  EXPECT_EQ(opened.back().error, "clocked: too many devices are open at a time");
  opened.erase(opened.begin());
  EXPECT_NE(open().device, nullptr) << "one was closed";
}

TEST_F(DevicesTest, A_name_that_a_backend_knows_opens_without_a_list_and_before_a_part_of_a_name) {
  fake->names = {"ALSA/Card (hw:CARD=USB,DEV=0)"};
  fake->known = "hw:CARD=USB";
  EXPECT_EQ(open("hw:CARD=USB").device->info().name, "Fake/hw:CARD=USB");
  EXPECT_EQ(fake->lists, 0);
  EXPECT_EQ(open("USB").device->info().name, "ALSA/Card (hw:CARD=USB,DEV=0)");
  fake->failure = "busy";
  EXPECT_TRUE(open("hw:CARD=USB", Fallback::clocked).is_fallback);
}

TEST(DevicesOfALoop, A_fallback_that_fails_too_is_told_with_the_first_reason) {
  auto* const fake = new FakeBackend;
  fake->names = {"ALSA/default"};
  fake->failure = "ALSA/default: busy";
  std::vector<std::unique_ptr<Backend>> backends;
  backends.emplace_back(fake);
  backends.push_back(std::make_unique<ClockedBackend>(ClockedOptions{.speed = 0.0, .loop = true}));
  Devices devices(std::move(backends));
  std::vector<DeviceResult> opened;
  do {
    opened.push_back(devices.open({.device = "ALSA/default"}, std::make_shared<Client>(), Fallback::clocked));
  } while (opened.back().device && opened.size() < 1'000);
  EXPECT_EQ(
      opened.back().error,
      "ALSA/default: busy; nor does the clocked device open: clocked: too many devices are open at a time");
}

TEST_F(DevicesTest, A_device_that_exists_and_does_not_open_falls_back_and_says_why) {
  fake->names = {"ALSA/default"};
  fake->failure = "ALSA/default: busy";

  EXPECT_EQ(open("ALSA/default").error, "ALSA/default: busy");
  const DeviceResult result = open("ALSA/default", Fallback::clocked);
  EXPECT_TRUE(result.is_fallback);
  EXPECT_EQ(result.reason, "ALSA/default: busy");
  EXPECT_EQ(result.device->info().name, "clocked");
}

}  // namespace
}  // namespace refwave::hal
