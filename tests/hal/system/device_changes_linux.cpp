// What is watched for servers that come: their sockets, and the folders of sockets that are not there yet.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "hal/device_changes.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

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
  /// Returns: how many changes were counted since the last time.
  std::uint32_t news() {
    changes->look();
    return counts->all.exchange(0);
  }

  const test::TemporaryFolder folder;
  const std::shared_ptr<ChangeCounts> counts = std::make_shared<ChangeCounts>();
  std::optional<DeviceChanges> changes;
};

TEST_F(Device_changes, A_server_whose_folder_was_never_there_is_seen) {
  make_folder("user");
  EXPECT_EQ(news(), 0U);
  make_folder("user/pulse");
  EXPECT_EQ(news(), 0U);
  make_file("user/pulse/pid");
  EXPECT_EQ(news(), 0U);
  make_file("user/pulse/native");
  EXPECT_EQ(news(), 1U);
}

TEST_F(Device_changes, A_server_that_is_there_before_its_folder_is_watched_is_seen) {
  make_folder("user/pulse");
  make_file("user/pulse/native");
  EXPECT_GE(news(), 1U);
}

TEST_F(Device_changes, A_folder_that_goes_and_comes_is_watched_again) {
  make_folder("user/pulse");
  make_file("user/pulse/native");
  EXPECT_GE(news(), 1U);
  std::filesystem::remove_all(folder / "user");
  EXPECT_EQ(news(), 0U);
  make_folder("user/pulse");
  EXPECT_EQ(news(), 0U);
  make_file("user/pulse/native");
  EXPECT_GE(news(), 1U);
}

}  // namespace
}  // namespace refwave::hal
