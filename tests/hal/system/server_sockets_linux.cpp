// Where libpulse's own configuration says that its server is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

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
    for (const char* name : {"PULSE_SERVER", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_CLIENTCONFIG"})
      ::unsetenv(name);
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }

  test::TemporaryFolder folder;
};

TEST_F(PulsePlacesOf, No_configuration_are_the_usual_ones) {
  write("pulse/client.conf", "; default-server = unix:/commented\nautospawn = no\n");
  EXPECT_THAT(pulse_places().sockets, ElementsAre("/runtime/pulse/native", "/run/pulse/native"));
  EXPECT_FALSE(pulse_places().has_remote);
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

}  // namespace
}  // namespace refwave::hal
