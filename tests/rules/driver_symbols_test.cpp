// refwave.drv as a guest in other people's programs: three entry points, two imports from winmm, and nothing
// that runs when it is loaded.
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "tests/rules/symbols.h"
#include "tests/support/shell.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

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

/// Otherwise another host program could not take libwinmm's place.
TEST(DriverFile, Leaves_its_imports_to_the_program_that_loads_it) {
  const std::string dynamic = text_of("readelf --dynamic --wide '" DRIVER_FILE "'");
  EXPECT_THAT(dynamic, HasSubstr("libwinmm.so"));
  EXPECT_THAT(dynamic, Not(HasSubstr("SYMBOLIC")));
}

/// They are loaded when a device is looked for, and PortAudio is within.
TEST(DriverFile, Needs_no_sound_library_to_be_loaded) {
  const std::string dynamic = text_of("readelf --dynamic --wide '" DRIVER_FILE "'");
  EXPECT_THAT(dynamic, Not(HasSubstr("libportaudio")));
  EXPECT_THAT(dynamic, Not(HasSubstr("libasound")));
  EXPECT_THAT(dynamic, Not(HasSubstr("libjack")));
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
