// refwave.drv as a guest in other people's programs: three entry points, two imports from winmm, and nothing
// that runs when it is loaded.
#include <gmock/gmock.h>

#include <regex>
#include <set>
#include <sstream>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Symbols = std::set<std::string>;

/// Returns: the lines that the command prints.
Symbols printed_by(const std::string& command) {
  std::istringstream lines(text_of(command));
  Symbols found;
  for (std::string line; std::getline(lines, line);) found.insert(line);
  return found;
}

/// Returns: what a shared object offers to, or wants from, other modules; without symbol versions.
Symbols dynamic_symbols(const std::string& which, const std::string& file) {
  const Symbols found = printed_by("nm --dynamic --" + which + "-only '" + file +
                                   "' | sed -E 's/^[0-9a-f ]*[A-Za-z] //; s/@.*//'");
  EXPECT_FALSE(found.empty()) << file;
  return found;
}
Symbols offered(const std::string& file) { return dynamic_symbols("defined", file); }
Symbols wanted(const std::string& file) { return dynamic_symbols("undefined", file); }

TEST(DriverFile, Exports_the_three_entry_points_and_nothing_else) {
  EXPECT_THAT(offered(DRIVER_FILE), ElementsAre("DriverProc", "widMessage", "wodMessage"));
}

TEST(DriverFile, Imports_two_functions_from_winmm) {
  const Symbols wants = wanted(DRIVER_FILE);
  const Symbols offers = offered(WINMM_FILE);
  Symbols both;
  std::set_intersection(wants.begin(), wants.end(), offers.begin(), offers.end(),
                        std::inserter(both, both.end()));
  EXPECT_THAT(both, ElementsAre("DefDriverProc", "DriverCallback"));
}

/// Bound symbolically, another host program could not take libwinmm's place. Sound libraries are loaded when
/// a device is looked for, and PortAudio is within.
TEST(DriverFile, Leaves_its_imports_to_the_program_that_loads_it_and_needs_no_sound_library) {
  const std::string dynamic = text_of("readelf --dynamic --wide '" DRIVER_FILE "'");
  EXPECT_THAT(dynamic, HasSubstr("libwinmm.so"));
  for (const char* other : {"SYMBOLIC", "libportaudio", "libasound", "libjack", "TEXTREL"})
    EXPECT_THAT(dynamic, Not(HasSubstr(other)));
  EXPECT_THAT(text_of("readelf --segments --wide '" DRIVER_FILE "' | grep GNU_STACK"), Not(HasSubstr("RWE")));
}

/// An empty entry would be the folder in which a program happens to be.
TEST(DriverFile, And_what_loads_it_look_for_libraries_beside_them_and_in_the_system_alone) {
  for (const std::string file : {DRIVER_FILE, WINMM_FILE, COMMAND_FILE}) {
    const std::string path = text_of("readelf --dynamic --wide '" + file + "' | grep -E 'RPATH|RUNPATH'");
    EXPECT_THAT(path, HasSubstr("[$ORIGIN]")) << file;
    EXPECT_EQ(path.find('\n'), std::string::npos) << path;
  }
}

/// Returns: which of these functions start programs or reach the network. The kernel's numbers for both
/// (syscall) are not seen here.
Symbols leading_out(const Symbols& functions) {
  static const std::regex programs("system|popen|_?v?fork|clone|(f?exec|posix_spawn).*");
  static const std::regex network(
      "socket.*|connect|bind|listen|accept4?|(send|recv)(to|from|m?msg)?|"
      "get(addr|name)info|gethostby.*|res_.*");
  Symbols found;
  for (const std::string& function : functions)
    if (std::regex_match(function, programs) || std::regex_match(function, network)) found.insert(function);
  return found;
}

TEST(DriverFile, Starts_no_program_and_has_no_code_for_the_network) {
  EXPECT_THAT(leading_out(wanted(DRIVER_FILE)), IsEmpty());
  const Symbols both = {"execl",  "execvpe", "fexecve", "posix_spawnp", "vfork",
                        "socket", "sendmsg", "accept4", "getaddrinfo",  "gethostbyname"};
  EXPECT_EQ(leading_out(both), both);
  EXPECT_TRUE(wanted(DRIVER_FILE).contains("dlopen")) << "names are found if they are there";
}

/// A wait that is to end at a time of day lasts longer if the clock is set back.
TEST(DriverFile, And_what_loads_it_wait_by_the_steady_clock) {
  static const std::regex by_time_of_day(
      "(sem|mq|pthread_(cond|mutex|rwlock)|pthread_join|mtx|cnd)_?timed.*|pthread_timedjoin_np");
  for (const std::string file : {DRIVER_FILE, WINMM_FILE, COMMAND_FILE})
    for (const std::string& function : wanted(file))
      EXPECT_FALSE(std::regex_match(function, by_time_of_day)) << file << " wants " << function;
}

/// The only entry is the compiler's own frame_dummy. A constructor of a global object would be a second.
TEST(DriverFile, Runs_nothing_when_it_is_loaded) {
  const std::string sections =
      text_of("readelf --section-headers --wide '" DRIVER_FILE "' | grep -w INIT_ARRAY");
  EXPECT_THAT(sections, HasSubstr(" 000008 ")) << sections;
  EXPECT_EQ(text_of("nm '" DRIVER_FILE "' | grep -E '_GLOBAL__sub_I_|__tls_init|_ZTH'"), "");
}

}  // namespace
}  // namespace refwave::test
