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
using testing::StartsWith;

/// Returns: a compile unit's name as a path from the root: it is absolute, or relative to the build folder.
/// What a build generates, as units of several sources, lies in a mirror of the tree, build/<preset>/, whose
/// paths are the tree's here. Empty for other people's files.
std::string path_from_root(const std::filesystem::path& name) {
  const std::filesystem::path root = REFWAVE_SOURCE_FOLDER;
  const std::filesystem::path build = REFWAVE_BUILD_FOLDER;
  std::filesystem::path path;
  for (const std::filesystem::path& part : name.is_absolute() ? name.lexically_relative(root) : name) {
    if (name.is_absolute() || part != "..") path /= part;
  }
  if (!std::filesystem::is_regular_file(root / path) && !std::filesystem::is_regular_file(build / path))
    return "";
  std::string from_root = path.lexically_normal().string();
  if (from_root.starts_with("build/sources/")) return "";
  if (from_root.starts_with("build/")) from_root.erase(0, from_root.find('/', from_root.find('/') + 1) + 1);
  return from_root;
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

bool belongs_to_the_driver(const std::string& path) {
  if (path.starts_with("portaudio/")) return true;  // its patched sources lie in the build folder
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
  for (const char* room : {"driver/cli/", "bench/latency/", "tests/conform/", "inf/install/"})
    EXPECT_THAT(strangers, Contains(StartsWith(room)));
}

}  // namespace
}  // namespace refwave::test
