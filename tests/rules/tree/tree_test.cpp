// Rules that one can read off the source tree: who may include whom, one source without conditions, files
// that fit into a head, and nothing in them of the machine they were written on.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;

/// A file of the project, as the rules see it.
struct SourceFile {
  std::string path;  // from the root, with slashes
  std::vector<std::string> lines;

  bool is_code() const { return path.ends_with(".h") || path.ends_with(".cpp"); }
  bool in(std::string_view folder) const { return path.starts_with(std::string(folder) + "/"); }
};

std::filesystem::path source_folder() { return REFWAVE_SOURCE_FOLDER; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> paths() {
  const std::string root = "cd '" + source_folder().string() + "' && ";
  int status = 0;
  const std::string tracked =
      text_of(root + "git ls-files --cached --others --exclude-standard 2>&1", &status);
  if (status == 0) return lines_of(tracked);
  return lines_of(
      text_of(root + "find . \\( -path ./build -o -path ./.git \\) -prune -o -type f -printf '%P\\n'"));
}

std::vector<SourceFile> read_all() {
  std::vector<SourceFile> files;
  for (const std::string& path : paths()) {
    const std::filesystem::path full = source_folder() / path;
    if (!std::filesystem::is_regular_file(full)) continue;  // deleted, and not yet committed
    const std::string text = contents(full);
    if (text.find('\0') == std::string::npos) files.push_back({path, lines_of(text)});
  }
  return files;
}

/// Returns: every text file that belongs to the project: tracked by git or about to be; all but build/ where
/// there is no git.
const std::vector<SourceFile>& source_files() {
  static const std::vector<SourceFile> files = read_all();
  return files;
}

/// Returns: what stands between the quotes or brackets of an include line, brackets included; empty for other
/// lines.
std::string included(const std::string& line) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(?:"([^"]*)\"|(<[^>]*>)).*)");
  if (line.find("include") == std::string::npos) return {};  // most lines, without asking the expression
  std::smatch match;
  if (!std::regex_match(line, match, pattern)) return {};
  return match[1].matched ? match[1].str() : match[2].str();
}

/// Returns: "path:line: text", as a compiler would point there.
std::string place(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1) + ": " + file.lines[line];
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
    {"hal/capture", {"hal/system", "dsp/audio_thread.h", "dsp/format.h"}},
    {"hal/clocked",
     {"hal/capture", "hal/system", "hal/callback_gate.h", "hal/device.h", "dsp/audio_thread.h",
      "dsp/format.h"}},
    {"hal/portaudio",
     {"hal/priority", "hal/system", "hal/callback_gate.h", "hal/device.h", "hal/device_changes.h",
      "hal/server_sockets_linux.h", "hal/shared_library.h", "dsp/audio_thread.h", "dsp/speakers.h"}},
    {"hal/priority", {"hal/system", "hal/device.h", "hal/shared_library.h"}},
    {"driver/core/ring", {"hal/system/cache_line.h", "dsp/audio_thread.h"}},
    {"driver/core/trace",
     {"hal/system/cache_line.h", "hal/system/clock.h", "hal/system/mutex.h", "hal/system/threads.h",
      "dsp/audio_thread.h"}},
    {"driver/core/handover",
     {"driver/core/ring", "hal/system/cache_line.h", "hal/system/threads.h", "dsp/audio_thread.h"}},
    {"driver/core/conversion", {"dsp"}},
    {"driver/core/stream",
     {"driver/core/conversion", "driver/core/handover", "driver/core/trace", "driver/core/ring",
      "hal/device.h", "hal/system/cache_line.h", "hal/system/clock.h", "hal/system/mutex.h",
      "hal/system/realtime.h", "hal/system/threads.h", "dsp"}},
    {"driver/core/period",
     {"driver/core/stream", "driver/core/handover/completion.h", "hal/system/cache_line.h",
      "hal/system/clock.h", "dsp"}},
    {"driver/configuration",
     {"driver/core/handover/completion.h", "hal/device.h", "hal/system/files.h", "hal/system/status.h",
      "hal/system/wide_text.h", "dsp/encoder.h", "dsp/filter_design.h"}},
    {"driver/event_log", {"driver/core/stream/error.h", "hal"}},
    {"driver/engine", {"driver/event_log", "driver/configuration", "driver/core", "hal"}},
    {"driver/notify", {"driver/configuration", "driver/core", "hal"}},
    {"driver/control",
     {"driver/engine", "driver/notify", "driver/event_log", "driver/configuration", "driver/core", "hal"}},
    {"driver/abi", {}},
    {"driver/dialog",
     {"driver/control", "driver/engine/device_thread.h", "driver/abi/windows_headers.h",
      "driver/configuration", "driver/core", "hal"}},
    {"driver/winmm",
     {"driver/dialog/dialog.h", "driver/control", "driver/abi/windows_headers.h", "driver/configuration",
      "driver/core", "hal", "dsp"}},
    {"driver/host", {"driver/abi", "hal/system/mutex.h", "hal/system/status.h", "hal/system/wide_text.h"}},
    {"driver/host/callback",
     {"driver/host/handle_table.h", "driver/abi/windows_headers.h", "hal/system/mutex.h"}},
    {"driver/host/installable",
     {"driver/host/handle_table.h", "driver/host/system.h", "driver/host/text.h",
      "driver/abi/windows_headers.h", "hal/system/mutex.h", "hal/system/status.h"}},
    {"driver/host/wave",
     {"driver/host/installable", "driver/host/handle_table.h", "driver/host/system.h", "driver/host/text.h",
      "driver/abi/windows_headers.h", "hal/system/mutex.h", "hal/system/status.h"}},
    // The command is a client like any other, which knows refwave's own messages, configuration keys and
    // sample formats. Its parts include downwards. Of them bench, inf and tests/conform use the kit alone:
    // console, help/command_line.h and wave_client.
    {"driver/cli/console", {"dsp/format.h", "hal/system/wide_text.h"}},
    {"driver/cli/sound_file", {"driver/cli/console", "dsp/format.h", "hal/capture/wav_writer.h"}},
    {"driver/cli/wave_client",
     {"driver/cli/console", "driver/cli/help/command_line.h", "driver/abi/windows_headers.h",
      "driver/winmm/refwave.h", "driver/configuration/configuration.h", "driver/configuration/nearest_name.h",
      "dsp/format.h", "hal/system/clock.h"}},
    {"driver/cli/help",
     {"driver/cli/console", "driver/configuration/nearest_name.h", "driver/configuration/version.h"}},
    {"driver/cli/playing",
     {"driver/cli/console", "driver/cli/help/command_line.h", "driver/cli/sound_file",
      "driver/cli/wave_client", "driver/winmm/refwave.h", "dsp/format.h"}},
    {"driver/cli/recording",
     {"driver/cli/console", "driver/cli/help/command_line.h", "driver/cli/playing/loss_watch.h",
      "driver/cli/sound_file", "driver/cli/wave_client"}},
    {"bench/trace",
     {"bench/common/histogram.h", "driver/cli/console", "driver/cli/help/command_line.h",
      "driver/cli/wave_client", "driver/winmm/refwave.h", "hal/system/clock.h"}},
    {"bench/doctor",
     {"bench/latency", "driver/cli/console", "driver/cli/help/command_line.h", "driver/cli/wave_client",
      "driver/configuration", "driver/winmm/refwave.h", "hal/priority", "hal/system/realtime.h",
      "inf/install/machine", "inf/install/picture", "inf/install/plan"}},
    {"bench/doctor/machine",
     {"bench/doctor/page", "bench/latency/surroundings.h", "driver/cli/console", "driver/winmm/refwave.h",
      "hal/priority", "hal/system/realtime.h", "inf/install/machine", "inf/install/picture",
      "inf/install/plan"}},
    {"bench/doctor/page", {"driver/cli/console"}},
    {"bench/latency",
     {"bench/trace", "bench/common/histogram.h", "driver/cli/console", "driver/cli/help/command_line.h",
      "driver/cli/wave_client", "driver/configuration", "hal/system/clock.h"}},
    {"bench/latency/compare", {"driver/cli/console"}},
    {"bench/latency/plots", {"bench/latency/report", "driver/cli/console"}},
    {"bench/latency/report", {"bench/trace", "bench/common/histogram.h", "driver/cli/console"}},
    {"bench/loopback",
     {"bench/latency/report", "bench/latency/surroundings.h", "driver/cli/console",
      "driver/cli/help/command_line.h", "driver/cli/wave_client", "driver/configuration", "dsp/format.h",
      "hal/system/clock.h"}},
    {"tests/conform",
     {"driver/cli/console", "driver/cli/help/command_line.h", "driver/cli/wave_client",
      "driver/abi/windows_headers.h", "driver/winmm/refwave.h", "driver/configuration/configuration.h",
      "driver/configuration/nearest_name.h"}},
    {"tests/conform/rules", {"tests/conform/client", "tests/conform/rule.h", "driver/winmm/refwave.h"}},
    {"tests/conform/jobs", {"tests/conform/client/finding.h", "driver/cli/console"}},
    {"tests/conform/client",
     {"driver/cli/console", "driver/cli/wave_client", "driver/abi/windows_headers.h"}},
    {"inf/install", {"driver/cli/console", "driver/cli/help/command_line.h", "hal/system/wide_text.h"}},
    {"inf/install/picture", {"driver/cli/console"}},
    {"inf/install/plan", {"inf/install/picture", "driver/cli/console"}},
    {"inf/install/machine", {"inf/install/picture", "driver/cli/console", "hal/system/wide_text.h"}},
    {"driver/cli",
     {"driver/abi/windows_headers.h", "driver/winmm/refwave.h", "driver/configuration/configuration.h",
      "driver/configuration/nearest_name.h", "driver/configuration/version.h", "dsp/format.h",
      "hal/capture/wav_writer.h", "hal/system/clock.h", "hal/system/wide_text.h"}},
};

const std::set<std::string> kWindowsHeaders = {"<windows.h>", "<mmsystem.h>", "<mmddk.h>",     "<mmreg.h>",
                                               "<ksmedia.h>", "<ks.h>",       "<winmm_host.h>"};

bool lies_in(const std::string& path, const std::string& folder_or_file) {
  return path == folder_or_file || path.starts_with(folder_or_file + "/");
}

bool may_include(const Layer& layer, const std::string& path) {
  if (lies_in(path, layer.folder)) return true;
  for (const std::string& other : layer.may_include) {
    if (lies_in(path, other)) return true;
  }
  return false;
}

/// Returns: the places of the code files in `folders` for which `is_wrong(file, line)`.
using IsWrong = std::function<bool(const SourceFile&, const std::string&)>;
std::vector<std::string> places(const std::vector<std::string>& folders, const IsWrong& is_wrong) {
  std::vector<std::string> found;
  for (const SourceFile& file : source_files()) {
    const bool wanted = std::any_of(folders.begin(), folders.end(),
                                    [&](const std::string& folder) { return file.in(folder); });
    if (!wanted || !file.is_code()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (is_wrong(file, file.lines[i])) found.push_back(place(file, i));
    }
  }
  return found;
}

TEST(Tree, Is_seen_by_these_rules) {
  for (const Layer& layer : kLayers) {
    const auto lines = places({layer.folder}, [](const SourceFile&, const std::string&) { return true; });
    EXPECT_GT(lines.size(), 100U) << layer.folder;
  }
}

TEST(Tree, Dependencies_run_one_way) {
  for (const Layer& layer : kLayers) {
    const auto upward = places({layer.folder}, [&](const SourceFile& file, const std::string& line) {
      const std::string path = included(line);
      // The programs that prove conform are tests like any other.
      if (file.in("tests/conform/broken")) return false;
      return !path.empty() && path[0] != '<' && !may_include(layer, path);
    });
    EXPECT_THAT(upward, IsEmpty()) << layer.folder;
  }
}

/// A namespace that is opened elsewhere declares what an upper layer has, and no include shows it.
TEST(Tree, A_room_opens_its_own_namespace_alone) {
  static const std::regex opened(R"(^\s*(inline )?namespace refwave::(\w+).*)");
  static const std::regex room(R"(^(driver/)?(\w+)/.*)");
  const auto foreign = places({"dsp", "hal", "driver"}, [](const SourceFile& file, const std::string& line) {
    std::smatch name;
    std::smatch own;
    return std::regex_match(line, name, opened) && std::regex_match(file.path, own, room) &&
           name[2] != own[2];
  });
  EXPECT_THAT(foreign, IsEmpty());
}

TEST(Tree, Every_source_file_lies_in_a_layer) {
  const auto homeless = [](const SourceFile& file) {
    const std::string folder = std::filesystem::path(file.path).parent_path().string();
    return std::ranges::none_of(kLayers, [&](const Layer& layer) { return lies_in(folder, layer.folder); });
  };
  for (const std::string folder : {"dsp", "hal", "driver", "inf", "bench/doctor", "bench/latency",
                                   "bench/loopback", "bench/trace", "tests/conform"}) {
    for (const SourceFile& file : source_files()) {
      // The programs that prove conform are tests like any other.
      if (file.in(folder) && file.is_code() && !file.in("tests/conform/broken")) {
        EXPECT_FALSE(homeless(file)) << file.path;
      }
    }
  }
}

TEST(Tree, Layers_may_include_no_more_than_they_do) {
  std::vector<std::string> unused;
  for (const Layer& layer : kLayers) {
    for (const std::string& other : layer.may_include) {
      const auto uses = places({layer.folder}, [&](const SourceFile&, const std::string& line) {
        return lies_in(included(line), other);
      });
      if (uses.empty()) unused.push_back(layer.folder + " does not include " + other);
    }
  }
  EXPECT_THAT(unused, IsEmpty());
}

/// Returns: whether a tool, which is a client of the driver like any other, may not know that file of the
/// driver.
bool is_inside_of_the_driver(const std::string& path) {
  return lies_in(path, "driver") && !lies_in(path, "driver/cli") && !lies_in(path, "driver/configuration") &&
         path != "driver/winmm/refwave.h" && path != "driver/abi/windows_headers.h";
}

TEST(Tree, Tools_know_of_the_driver_its_configuration_and_its_public_header) {
  const auto inside = places(
      {"driver/cli", "bench/doctor", "bench/latency", "bench/loopback", "bench/trace", "tests/conform",
       "inf"},
      [](const SourceFile&, const std::string& line) { return is_inside_of_the_driver(included(line)); });
  EXPECT_THAT(inside, IsEmpty());
}

TEST(Tree, Includes_in_quotes_are_paths_from_the_root) {
  const auto unknown =
      places({"dsp", "hal", "driver", "tests", "bench"}, [](const SourceFile&, const std::string& line) {
        const std::string path = included(line);
        return !path.empty() && path[0] != '<' && !std::filesystem::is_regular_file(source_folder() / path);
      });
  EXPECT_THAT(unknown, IsEmpty());
}

TEST(Tree, Only_the_abi_its_other_side_the_command_and_files_for_Windows_alone_know_Windows) {
  const auto strangers =
      places({"dsp", "hal", "driver/core", "driver/configuration", "driver/event_log", "driver/engine",
              "driver/notify", "driver/control"},
             [](const SourceFile& file, const std::string& line) {
               return kWindowsHeaders.contains(included(line)) && !file.path.ends_with("_windows.cpp");
             });
  EXPECT_THAT(strangers, IsEmpty());
}

TEST(Tree, One_source_has_no_conditions) {
  static const std::regex condition(R"(^\s*#\s*(if|ifdef|ifndef|elif|else)\b.*)");
  const auto conditions = places(
      {"dsp", "hal", "driver/core", "driver/configuration", "driver/event_log", "driver/engine",
       "driver/notify", "driver/control", "driver/dialog", "driver/winmm", "driver/cli", "bench/doctor",
       "bench/latency", "bench/loopback", "bench/trace", "tests/conform", "inf/install"},
      [](const SourceFile& file, const std::string& line) {
        // Whether the compiler knows an attribute is a question to the preprocessor alone.
        return file.path != "dsp/audio_thread.h" && file.path != "hal/system/mutex.h" &&
               std::regex_match(line, condition);
      });
  EXPECT_THAT(conditions, IsEmpty());
}

/// A program with more rights than its user has its environment from that user's other programs. On Linux
/// secure_getenv() sees to this. On Windows two files look for such a program, and tests/configuration tests
/// both.
TEST(Tree, The_environment_is_taken_only_where_its_owner_has_the_programs_rights) {
  static const std::regex any(
      R"((^|[^_A-Za-z])((_?w|_w?dupenv_)?getenv(_s)?|(Get|Expand)Environment\w+)\s*\(|\benviron\b[^"]*[;=\[])");
  static const std::set<std::string> careful = {"driver/configuration/configuration_path_windows.cpp",
                                                "driver/host/system_windows.cpp"};
  const auto taken = places({"dsp", "hal", "driver"}, [](const SourceFile& file, const std::string& line) {
    return !file.in("driver/cli") && !file.in("driver/host/examples") && !careful.contains(file.path) &&
           std::regex_search(line, any);
  });
  EXPECT_THAT(taken, IsEmpty());
  for (const char* line : {"x = std::getenv(name);", "_wgetenv(name)", "GetEnvironmentVariableW(name, to, 9)",
                           "ExpandEnvironmentStringsW(text, to, 9)", "for (char** x = environ; *x; ++x)"})
    EXPECT_TRUE(std::regex_search(line, any)) << line;
  EXPECT_FALSE(std::regex_search("x = secure_getenv(name);", any));
}

/// What Windows is to load by a name alone, it looks for in the program's folder first.
TEST(Tree, Libraries_of_Windows_are_loaded_by_no_name_that_stands_in_the_source) {
  static const std::regex by_name(R"(LoadLibrary\w*\s*\(\s*(L|TEXT\()?")");
  const auto loaded = places({"dsp", "hal", "driver"}, [](const SourceFile&, const std::string& line) {
    return std::regex_search(line, by_name);
  });
  EXPECT_THAT(loaded, IsEmpty());
  EXPECT_TRUE(std::regex_search("x = LoadLibraryW(L\"x.dll\");", by_name));
}

TEST(Tree, Code_leaves_nothing_to_do) {
  static const std::regex open_end(
      "\\b(TO"
      "DO|FIX"
      "ME|X"
      "XX)\\b");
  const auto left =
      places({"dsp", "hal", "driver", "tests", "bench"},
             [](const SourceFile&, const std::string& line) { return std::regex_search(line, open_end); });
  EXPECT_THAT(left, IsEmpty());
}

/// Returns: patterns of paths that only one machine has: homes, and the folders in which this checkout lies.
std::vector<std::string> private_paths() {
  static const std::set<std::string> everywhere = {"/tmp",     "/var", "/var/tmp", "/usr",
                                                   "/usr/src", "/opt", "/srv"};
  std::vector<std::string> patterns = {"/home/[a-z]", "/root/", "/Users/"};
  for (auto folder = source_folder(); folder.has_relative_path(); folder = folder.parent_path()) {
    static const std::regex special(R"([.+*?()\[\]{}^$|\\])");
    // A checkout right below the root has no name that tells it from others.
    const bool is_plain = folder == source_folder() && !folder.parent_path().has_relative_path();
    if (!everywhere.contains(folder.string()) && !is_plain)
      patterns.push_back(std::regex_replace(folder.string(), special, R"(\$&)") + "/");
  }
  return patterns;
}

TEST(Tree, Files_speak_of_no_machine) {
  std::vector<std::string> found;
  for (const std::string& path : private_paths()) {
    const std::regex pattern("(^|[^A-Za-z0-9_.~/-])" + path);
    for (const SourceFile& file : source_files()) {
      if (file.path == "tests/rules/tree/tree_test.cpp") continue;  // it names them
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        if (std::regex_search(file.lines[i], pattern)) found.push_back(place(file, i));
      }
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

/// These programs end before they have read everything. Who writes to them is ended by SIGPIPE at times, and
/// under `pipefail` that ends the script.
const std::regex& reader_that_ends_early() {
  static const std::regex reader(
      R"((^|[^|])\|&?\s*(head\b|awk\b.*\bexit\b|sed\b[^|]*\dq\b|\w*grep\b[^|]*\s(-\w*[qm]|--quiet)))");
  return reader;
}

TEST(Tree, Scripts_pipe_into_nothing_that_ends_early) {
  std::vector<std::string> found;
  int scripts = 0;
  for (const SourceFile& file : source_files()) {
    const std::string first = file.lines.empty() ? "" : file.lines[0];
    if (!file.path.ends_with(".bash") &&
        !(first.starts_with("#!") && first.find("bash") != std::string::npos))
      continue;
    ++scripts;
    std::string pipe;  // at the end of the line before
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (std::regex_search(pipe + line, reader_that_ends_early())) found.push_back(place(file, i));
      pipe = line.ends_with("|") ? "|" : "";
    }
  }
  EXPECT_GT(scripts, 5);
  EXPECT_THAT(found, IsEmpty());
  for (const char* line :
       {"sort -rn | head -n 12", "|  head -1", "b | grep -q x", "c | egrep -Fq x", "d | grep -m1 x",
        "e |& grep -F --quiet x", "f | awk '$1 || $2 { print; exit }'", "g | sed -n '/x/p;12q'"})
    EXPECT_TRUE(std::regex_search(line, reader_that_ends_early())) << line;
  for (const char* line :
       {"x || grep -qF y file", "sort | sed -n 1,12p", "head -n 1 file", "a | awk '{ print $1 }'"})
    EXPECT_FALSE(std::regex_search(line, reader_that_ends_early())) << line;
}

TEST(Tree_rules, Find_what_they_look_for) {
  EXPECT_EQ(included("  #  include \"dsp/gain.h\"  // why"), "dsp/gain.h");
  EXPECT_EQ(included("#include <windows.h>"), "<windows.h>");
  EXPECT_EQ(included("// #include nothing"), "");
  const Layer core{"driver/core", {"dsp", "hal/device.h"}};
  EXPECT_TRUE(may_include(core, "driver/core/stream/stream.h"));
  EXPECT_TRUE(may_include(core, "hal/device.h"));
  EXPECT_FALSE(may_include(core, "hal/devices.h"));
  EXPECT_FALSE(may_include(core, "driver/control/driver.h"));
  EXPECT_FALSE(may_include(core, "driver/core_and_more/x.h"));
  EXPECT_TRUE(is_inside_of_the_driver("driver/core/stream/error.h"));
  EXPECT_TRUE(is_inside_of_the_driver("driver/winmm/capabilities.h"));
  EXPECT_FALSE(is_inside_of_the_driver("driver/winmm/refwave.h"));
  EXPECT_FALSE(is_inside_of_the_driver("driver/configuration/configuration.h"));
}

}  // namespace
}  // namespace refwave::test
