// The facts of a Linux system, read from folders that the test writes; and servers that do not answer.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "bench/doctor/machine/machine.h"
#include "bench/doctor/machine/unix_server_linux.h"
#include "tests/support/bus/private_bus.h"
#include "tests/support/silent_server.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;
using namespace doctor;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class Linux : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }

  TemporaryFolder folder_;
};

TEST_F(Linux, Has_a_governor_for_each_processor) {
  const std::string cpu = "sys/devices/system/cpu/cpu";
  for (const char* number : {"0", "1", "2"}) put(cpu + number + "/cpufreq/scaling_governor", "powersave\n");
  put(cpu + "3/cpufreq/scaling_governor", "performance\n");
  put(cpu + "3/cpufreq/scaling_driver", "acpi-cpufreq\n");
  put("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
  put("proc/loadavg", "2.50 1.00 0.50 1/200 4242\n");
  const Pace pace = find_pace(folder_.path());
  EXPECT_THAT(pace.governors, ElementsAre(Pair("performance", 1U), Pair("powersave", 3U)));
  EXPECT_EQ(pace.clock_source, "hpet");
  EXPECT_EQ(pace.load, 2.5);
  EXPECT_GT(pace.slack_ns, 0U);
}

TEST_F(Linux, Without_any_of_it_is_no_problem) {
  const Pace pace = find_pace(folder_.path());
  EXPECT_THAT(pace.governors, IsEmpty());
  EXPECT_FALSE(pace.load.has_value());
  EXPECT_EQ(pace.busy, 0);
}

TEST(LinuxRights, Tell_what_rtkit_lends) {
  const PrivateBus bus(PrivateBus::Rtkit::grants);
  bus.export_environment();
  const auto rtkit = find_rights().rtkit;
  ASSERT_TRUE(rtkit.has_value());
  EXPECT_EQ(rtkit->problem, "");
  EXPECT_EQ(rtkit->priority, PrivateBus::kPriority);
  EXPECT_EQ(rtkit->nice, PrivateBus::kNice);
  EXPECT_THAT(bus.requests(), IsEmpty());
}

TEST(LinuxRights, Tell_why_rtkit_lends_nothing) {
  {
    const PrivateBus bus(PrivateBus::Rtkit::absent);
    bus.export_environment();
    EXPECT_EQ(find_rights().rtkit->problem, "rtkit is not installed");
  }
  EXPECT_EQ(find_rights().rtkit->problem, "no system bus, so no rtkit");
}

// --- servers ---

TEST_F(Linux, Gives_a_silent_server_up) {
  const fs::path path = folder_ / "socket";
  const SilentServer silent(path);
  const UnixServer server(path.string());
  EXPECT_TRUE(server.is_connected());
  EXPECT_EQ(server.process(), getpid());
  EXPECT_FALSE(ask_pulseaudio(server, "").came);
  EXPECT_FALSE(ask_pipewire(server).came);
  // Its queue is full: whoever comes next is not kept waiting.
  const UnixServer second(path.string());
  const UnixServer third(path.string());
  EXPECT_FALSE(third.is_connected());
  EXPECT_EQ(third.error(), EAGAIN);
}

TEST_F(Linux, Without_a_folder_for_sockets_names_the_variable_and_no_path) {
  for (const char* name :
       {"XDG_RUNTIME_DIR", "PULSE_SERVER", "PULSE_RUNTIME_PATH", "PIPEWIRE_REMOTE", "PIPEWIRE_RUNTIME_DIR"})
    unsetenv(name);
  for (const Server& server : find_servers()) {
    if (server.name == "JACK") continue;
    EXPECT_EQ(server.detail, "XDG_RUNTIME_DIR is not set") << server.name;
  }
}

TEST_F(Linux, Finds_nobody_behind_a_socket_that_was_left) {
  const fs::path path = folder_ / "socket";
  { const SilentServer gone(path); }
  EXPECT_EQ(UnixServer(path.string()).error(), ECONNREFUSED);
  EXPECT_EQ(UnixServer((folder_ / "none").string()).error(), ENOENT);
  EXPECT_FALSE(UnixServer(std::string(200, 'x')).is_connected());
}

}  // namespace
}  // namespace refwave::test
