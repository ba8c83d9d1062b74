// Where libpulse and PipeWire look for their servers, and what is watched for new servers: their sockets, and
// the folders of sockets that do not exist yet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "hal/device_changes.h"
#include "hal/server_sockets_linux.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

using testing::ElementsAre;

class PulsePlacesOf : public testing::Test {
 protected:
  PulsePlacesOf() {
    ::setenv("XDG_RUNTIME_DIR", "/runtime", 1);
    ::setenv("XDG_CONFIG_HOME", folder.path().c_str(), 1);
    std::filesystem::create_directories(folder / "pulse" / "client.conf.d");
  }
  ~PulsePlacesOf() override {
    for (const char* name : {"PULSE_SERVER", "PULSE_RUNTIME_PATH", "PIPEWIRE_RUNTIME_DIR", "PIPEWIRE_REMOTE",
                             "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_CLIENTCONFIG"})
      ::unsetenv(name);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }

  test::TemporaryFolder folder;
};

TEST_F(PulsePlacesOf, No_configuration_are_the_usual_ones_as_are_PipeWires) {
  EXPECT_THAT(pipewire_sockets(), ElementsAre("/runtime/pipewire-0"));
  ::setenv("PIPEWIRE_RUNTIME_DIR", "/own", 1);
  ::setenv("PIPEWIRE_REMOTE", "pipewire-1", 1);
  EXPECT_THAT(pipewire_sockets(), ElementsAre("/own/pipewire-1", "/runtime/pipewire-1"));
  write("pulse/client.conf", "; default-server = unix:/commented\nautospawn = no\n");
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/runtime/pulse/native", "/run/pulse/native"));
  EXPECT_FALSE(pulse_places().has_remote);
  ::setenv("PULSE_RUNTIME_PATH", "/own", 1);
  EXPECT_THAT(pulse_places().sockets,
              ElementsAre("/own/native", "/runtime/pulse/native", "/run/pulse/native"));
}

TEST_F(PulsePlacesOf, A_default_server_are_all_that_it_names_and_no_others) {
  write("pulse/client.conf", "  default-server=unix:/one\t{0123}unix:/two /three # all of them\n");
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/one", "/two", "/three"));
  EXPECT_FALSE(pulse_places().has_remote);
  write("pulse/client.conf", "default-server = tcp:music.local:4713\n");
  EXPECT_THAT(pulse_places().sockets, ElementsAre());
  EXPECT_TRUE(pulse_places().has_remote);
}

TEST_F(PulsePlacesOf, The_more_special_of_two_names_count) {
  write("pulse/client.conf", "default-server = /own\n");
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/own"));
  write("pulse/client.conf.d/b.conf", "default-server = /last\n");
  write("pulse/client.conf.d/a.conf", "default-server = /first\n");
  write("pulse/client.conf.d/c", "default-server = /no-configuration\n");
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/last"));
  write("given", "default-server = /given\n");
  ::setenv("PULSE_CLIENTCONFIG", (folder / "given").c_str(), 1);
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/given"));
  ::setenv("PULSE_SERVER", "unix:/variable", 1);
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/variable"));
}

class Device_changes : public testing::Test {
 protected:
  Device_changes() {
    ::setenv("XDG_RUNTIME_DIR", (folder / "user").c_str(), 1);
    for (const char* other : {"PULSE_SERVER", "PULSE_RUNTIME_PATH", "PIPEWIRE_RUNTIME_DIR"})
      ::unsetenv(other);
    ::setenv("JACK_DEFAULT_SERVER", folder.path().filename().c_str(), 1);
    changes.emplace(counts);
  }
  ~Device_changes() override {
    ::unsetenv("XDG_RUNTIME_DIR");
    ::unsetenv("JACK_DEFAULT_SERVER");
  }
  void make_folder(const std::string& name) const { std::filesystem::create_directories(folder / name); }
  void make_file(const std::string& name) const { std::ofstream(folder / name) << "socket"; }
  std::uint32_t news() {
    changes->look();
    return counts->all.exchange(0);
  }

  const test::TemporaryFolder folder{test::memory_path()};  // others give a new file an old one's inode
  const std::shared_ptr<ChangeCounts> counts = std::make_shared<ChangeCounts>();
  std::optional<DeviceChanges> changes;
};

TEST_F(Device_changes, A_server_is_seen_when_it_comes_is_restarted_and_comes_again_with_its_folder) {
  for (const char* nothing_yet : {"user", "user/pulse"}) {
    make_folder(nothing_yet);
    EXPECT_EQ(news(), 0U) << nothing_yet;
  }
  make_file("user/pulse/pid");
  EXPECT_EQ(news(), 0U);
  for (int start = 0; start < 2; ++start) {
    std::filesystem::remove(folder / "user/pulse/native");
    make_file("user/pulse/native");
    EXPECT_EQ(news(), 1U) << start;
  }
  std::filesystem::remove_all(folder / "user");
  EXPECT_EQ(news(), 0U);
  make_folder("user/pulse");
  make_file("user/pulse/native");
  EXPECT_EQ(news(), 1U);
}

}  // namespace
}  // namespace refwave::hal
