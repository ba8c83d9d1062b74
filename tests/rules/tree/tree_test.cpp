// Rules that one can read off the source tree: who may include whom, one source without conditions. `grep`
// looks for what must not be there.
#include <gmock/gmock.h>

#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;
using Lines = std::vector<std::string>;

/// Returns: the lines that the shell command prints in the root of the sources.
Lines lines_of(const std::string& command) {
  int status = 0;
  std::istringstream text(text_of("cd '" REFWAVE_SOURCE_FOLDER "' && " + command, &status));
  EXPECT_NE(WEXITSTATUS(status), 2) << "grep has an error: " << command;
  Lines lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// Returns: "path:line:text" of each line of the code in `folders` (separated by blanks) that has the
/// pattern, an extended regular expression without a quote.
Lines places(const std::string& pattern, const std::string& folders) {
  return lines_of("grep -rnE --include='*.h' --include='*.cpp' -- '" + pattern + "' " + folders);
}

/// An include in quotes.
struct Include {
  std::string place;  // "path:line:text"
  std::string file;
  std::string path;
};

/// Returns: what stands between the quotes of an include line; empty for another line.
std::string included(const std::string& line) {
  const std::size_t begin = line.find('"') + 1;
  return begin == 0 ? "" : line.substr(begin, line.find('"', begin) - begin);
}

const std::vector<Include>& includes() {
  static const std::vector<Include> all = [] {
    std::vector<Include> found;
    for (const std::string& line : places("^ *# *include *\"", "dsp hal driver inf bench tests"))
      found.push_back({line, line.substr(0, line.find(':')), included(line)});
    return found;
  }();
  return all;
}

/// A layer, and what it may include beside itself: folders, or single files where an interface is all that is
/// needed.
struct Layer {
  std::string folder;
  std::vector<std::string> may_include;
};

const std::vector<Layer> kLayers = {
    {"dsp", {}},
    {"hal", {"dsp/audio_thread.h", "dsp/format.h", "dsp/speakers.h"}},
    // The clock, the length of a cache line and the number of a thread have one home, which is here.
    {"hal/system", {"dsp/audio_thread.h"}},
    {"driver/core/ring", {"hal/system/cache_line.h", "dsp/audio_thread.h"}},
    {"driver/core/trace",
     {"hal/system/cache_line.h", "hal/system/clock.h", "hal/system/mutex.h", "hal/system/threads.h",
      "dsp/audio_thread.h"}},
    {"driver/core/handover",
     {"driver/core/ring", "hal/system/cache_line.h", "hal/system/semaphore.h", "hal/system/threads.h",
      "dsp/audio_thread.h"}},
    {"driver/core/conversion", {"dsp"}},
    {"driver/core/stream",
     {"driver/core/conversion", "driver/core/handover", "driver/core/trace", "driver/core/ring",
      "hal/device.h", "hal/system/cache_line.h", "hal/system/clock.h", "hal/system/mutex.h",
      "hal/system/realtime.h", "hal/system/threads.h", "dsp"}},
    {"driver/core/period",
     {"driver/core/stream", "driver/core/handover/client_callback.h", "hal/system/cache_line.h",
      "hal/system/clock.h", "dsp"}},
    {"driver/configuration",
     {"driver/core/handover/client_callback.h", "hal/device.h", "hal/system/files.h", "hal/system/status.h",
      "hal/system/wide_text.h", "dsp/encoder.h", "dsp/filter_design.h", "dsp/format.h"}},
    {"driver/event_log", {"driver/core/stream/error.h", "hal"}},
    {"driver/watch",
     {"driver/event_log", "driver/configuration", "driver/core", "hal/device.h", "hal/system"}},
    {"driver/engine",
     {"driver/event_log", "driver/configuration", "driver/core", "hal", "dsp/audio_thread.h"}},
    {"driver/notify", {"driver/configuration", "driver/core", "hal"}},
    {"driver/control",
     {"driver/engine", "driver/notify", "driver/watch", "driver/event_log", "driver/configuration",
      "driver/core", "hal"}},
    {"driver/abi", {}},
    {"driver/dialog",
     {"driver/control", "driver/engine/device_thread.h", "driver/abi/windows_headers.h",
      "driver/configuration", "driver/core", "hal"}},
    {"driver/winmm",
     {"driver/dialog/dialog.h", "driver/control", "driver/abi/windows_headers.h", "driver/configuration",
      "driver/core", "hal", "dsp"}},
    {"inf/host", {"driver/abi", "hal/system"}},
    // The command is a client like any other, which knows refwave's own messages, configuration keys and
    // sample formats. Of its parts bench and inf/install use the kit alone: console, help/command_line.h,
    // sound_file and wave_client.
    {"bench",
     {"inf/cli/console", "inf/cli/help/command_line.h", "inf/cli/sound_file", "inf/cli/wave_client",
      "inf/install/machine", "inf/install/picture", "inf/install/plan", "driver/abi/windows_headers.h",
      "driver/winmm/refwave.h", "driver/configuration", "driver/core/handover/latency_histogram.h",
      "driver/watch/folder_linux.h", "driver/watch/place.h", "driver/watch/record.h", "dsp/format.h",
      "hal/priority", "hal/system"}},
    {"inf/install",
     {"inf/cli/console", "inf/cli/help/command_line.h", "inf/host/dropin/recorded_use.h",
      "hal/system/files.h", "hal/system/wide_text.h"}},
    {"inf/zip",
     {"bench/doctor/page/discretion.h", "inf/cli/console", "inf/install/machine", "hal/system/files.h",
      "hal/system/wide_text.h"}},
    {"inf/cli",
     {"driver/abi/windows_headers.h", "driver/winmm/refwave.h", "driver/configuration/configuration.h",
      "driver/configuration/nearest_name.h", "driver/configuration/version.h", "dsp/format.h",
      "hal/capture/wav_writer.h", "hal/system/clock.h", "hal/system/mutex.h", "hal/system/path_text.h",
      "hal/system/semaphore.h", "hal/system/wide_text.h"}},
};

bool lies_in(const std::string& path, const std::string& folder_or_file) {
  return path == folder_or_file || path.starts_with(folder_or_file + "/");
}

/// Benchmarks measure the inside of every layer.
bool is_of(const Layer& layer, const Include& include) {
  return lies_in(include.file, layer.folder) && !lies_in(include.file, "bench/benchmarks");
}

bool may_include(const Layer& layer, const std::string& path) {
  return lies_in(path, layer.folder) ||
         std::ranges::any_of(layer.may_include, [&](const auto& other) { return lies_in(path, other); });
}

TEST(Tree, Dependencies_run_one_way) {
  for (const Layer& layer : kLayers) {
    for (const Include& include : includes()) {
      if (is_of(layer, include)) {
        EXPECT_TRUE(may_include(layer, include.path)) << layer.folder << ": " << include.place;
      }
    }
  }
  EXPECT_FALSE(may_include({"driver/core", {"hal/device.h"}}, "hal/devices.h"));
}

/// A namespace that is opened elsewhere declares what an upper layer has, and no include shows it.
TEST(Tree, A_room_opens_its_own_namespace_alone) {
  static const std::regex is_own(R"(((driver|inf)/)?(\w+)/.*namespace refwave::\3\b.*)");
  Lines opened = places("^ *(inline )?namespace refwave::[a-z]", "dsp hal driver inf/cli inf/host");
  EXPECT_GT(opened.size(), 100U);
  std::erase_if(opened, [](const std::string& line) { return std::regex_match(line, is_own); });
  EXPECT_THAT(opened, IsEmpty());
}

TEST(Tree, Every_source_file_lies_in_a_layer) {
  const Lines files = lines_of("find dsp hal driver inf bench -name '*.h' -o -name '*.cpp'");
  EXPECT_GT(files.size(), 400U);
  for (const std::string& file : files) {
    const std::string folder = std::filesystem::path(file).parent_path().string();
    EXPECT_TRUE(std::ranges::any_of(kLayers, [&](const auto& layer) {
      return lies_in(folder, layer.folder);
    })) << file;
  }
}

TEST(Tree, Includes_in_quotes_are_paths_from_the_root) {
  const std::filesystem::path root = REFWAVE_SOURCE_FOLDER;
  for (const Include& include : includes())
    EXPECT_TRUE(std::filesystem::is_regular_file(root / include.path)) << include.place;
}

/// The rooms that one source builds for every system, and which know no Windows.
const std::string kInside =
    "dsp hal driver/core driver/configuration driver/event_log driver/watch driver/engine driver/notify "
    "driver/control ";

TEST(Tree, Only_the_abi_its_other_side_the_command_and_files_for_Windows_alone_know_Windows) {
  Lines strangers =
      places("^ *# *include *<(windows|mmsystem|mmddk|mmreg|ksmedia|ks|winmm_host)[.]h>", kInside);
  EXPECT_GT(strangers.size(), 3U);
  std::erase_if(strangers,
                [](const std::string& line) { return line.find("_windows.cpp:") != std::string::npos; });
  EXPECT_THAT(strangers, IsEmpty());
}

TEST(Tree, One_source_has_no_conditions) {
  const std::string condition = "^ *# *(if|ifdef|ifndef|elif|else)\\b";
  Lines conditions =
      places(condition, kInside +
                            "driver/dialog driver/winmm inf/cli bench/conform bench/doctor bench/latency "
                            "bench/loopback bench/measure bench/trace bench/tune bench/watch inf/install");
  EXPECT_GE(conditions.size(), 2U) << "they are found";
  // Whether the compiler knows an attribute is a question to the preprocessor alone.
  std::erase_if(conditions, [](const std::string& line) {
    return line.starts_with("dsp/audio_thread.h:") || line.starts_with("hal/system/mutex.h:");
  });
  EXPECT_THAT(conditions, IsEmpty());
}

/// A program with more rights than its user has its environment from that user's other programs. On Linux
/// secure_getenv() sees to this. On Windows two files look for such a program, and tests/configuration tests
/// both.
TEST(Tree, The_environment_is_taken_only_where_its_owner_has_the_programs_rights) {
  const std::string any =
      R"((^|[^_A-Za-z])((_?w|_w?dupenv_)?getenv(_s)?|(Get|Expand)Environment\w+)\s*\(|\benviron\b[^"]*[;=[]|\benvironment_variable\((L"|to_utf16))";
  const Lines may = {"inf/cli/", "inf/host/examples/",
                     "driver/configuration/configuration_path_windows.cpp:", "inf/host/system_windows.cpp:",
                     "hal/system/wide_text_windows.cpp:"};  // the last one for those two
  Lines taken = places(any, "dsp hal driver inf/cli inf/host");
  EXPECT_GE(taken.size(), 5U) << "they are found";
  std::erase_if(taken, [&](const std::string& line) {
    return std::ranges::any_of(may, [&](const auto& begin) { return line.starts_with(begin); });
  });
  EXPECT_THAT(taken, IsEmpty());
}

/// What Windows is to load by a name alone, it looks for in the program's folder first.
TEST(Tree, Libraries_of_Windows_are_loaded_by_no_name_that_stands_in_the_source) {
  const std::string by_name = R"(LoadLibrary\w*\s*\(\s*(L|TEXT\()?")";
  EXPECT_THAT(places(by_name, "dsp hal driver inf"), IsEmpty());
  EXPECT_TRUE(std::regex_search("x = LoadLibraryW(L\"x.dll\");", std::regex(by_name)));
}

}  // namespace
}  // namespace refwave::test
