// What refwave.drv is made of: the source files that its debugging information names.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

/// Returns: a compile unit's name as a path from the root: it is absolute, or relative to a build folder that
/// may have been another one's (ccache). Empty for other people's files.
std::string path_from_root(const std::filesystem::path& name) {
  const std::filesystem::path root = REFWAVE_SOURCE_FOLDER;
  std::filesystem::path path = name.is_absolute() ? name.lexically_relative(root) : std::filesystem::path();
  for (const std::filesystem::path& part : name) {
    if (name.is_relative() && part != "..") path /= part;
  }
  return std::filesystem::is_regular_file(root / path) ? path.lexically_normal().string() : std::string();
}

/// Returns: the project's source files of which the program or library was linked.
std::set<std::string> units_of(const std::string& file) {
  std::istringstream lines(
      text_of("readelf --debug-dump=info --dwarf-depth=1 --wide '" + file + "' 2>&1 | grep DW_AT_name"));
  std::set<std::string> units;
  for (std::string line; std::getline(lines, line);) {
    const std::string path = path_from_root(line.substr(line.find_last_of(' ') + 1));
    if (!path.empty()) units.insert(path);
  }
  return units;
}

bool belongs_to_the_driver(std::string path) {
  // What a build generates lies in a mirror of the tree, build/<preset>/. PortAudio's patched sources are
  // there, too.
  if (path.starts_with("build/")) {
    path.erase(0, path.find('/', path.find('/') + 1) + 1);
    if (path.starts_with("portaudio/")) return true;
  }
  if (path.starts_with("driver/cli/") || path.starts_with("driver/host/")) return false;
  return path.starts_with("driver/") || path.starts_with("hal/") || path.starts_with("dsp/");
}

std::vector<std::string> strangers_in(const std::string& file) {
  std::vector<std::string> found;
  for (const std::string& unit : units_of(file)) {
    if (!belongs_to_the_driver(unit)) found.push_back(unit);
  }
  return found;
}

TEST(DriverFile, Is_made_of_driver_hal_and_dsp_alone) {
  const std::set<std::string> units = units_of(DRIVER_FILE);
  for (const char* unit :
       {"driver/winmm/driver_proc.cpp", "driver/core/stream/playback_half.cpp", "hal/devices.cpp"})
    EXPECT_THAT(units, Contains(unit));
  EXPECT_THAT(strangers_in(DRIVER_FILE), IsEmpty());
}

/// The command is made of much that the driver must not have.
TEST(Units, Of_other_rooms_are_found) {
  const std::vector<std::string> strangers = strangers_in(COMMAND_FILE);
  for (const char* unit : {"driver/cli/main.cpp", "bench/latency/command.cpp", "tests/conform/conform.cpp",
                           "inf/install/commands.cpp"})
    EXPECT_THAT(strangers, Contains(unit));
}

}  // namespace
}  // namespace refwave::test
