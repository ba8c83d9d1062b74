// The files beside a program of Windows: whether they are there, whether they are refwave's, and their
// bitness.
#include "bench/doctor/examine.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/install/executable.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using doctor::Drivers;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

class Dropin : public testing::Test {
 protected:
  void put(const char* name, std::uint16_t architecture, const char* product) {
    std::ofstream(folder_ / name, std::ios::binary) << executable(architecture, product);
  }
  Drivers look(const char* program = "") const {
    Drivers drivers;
    doctor::look_at_dropin(folder_ / program, drivers);
    return drivers;
  }

  TemporaryFolder folder_;
};

TEST_F(Dropin, Of_the_programs_bitness_is_right) {
  put("Game.exe", kX86, "game");
  put("winmm.dll", kX86, "refwave");
  put("refwave.drv", kX86, "refwave");
  for (const char* program : {"", "game.EXE"}) {
    const Drivers drivers = look(program);
    EXPECT_THAT(drivers.dropin_problems, IsEmpty());
    EXPECT_THAT(drivers.dropins, ElementsAre(EndsWith(", 32-bit"), EndsWith(", 32-bit")));
  }
}

TEST_F(Dropin, Of_another_bitness_is_found) {
  put("game.exe", kX86, "game");
  put("winmm.dll", kX64, "refwave");
  put("refwave.drv", kX86, "refwave");
  EXPECT_THAT(look().dropin_problems, ElementsAre(EndsWith("winmm.dll: 64-bit, but game.exe is 32-bit")));
}

TEST_F(Dropin, Of_a_program_beside_others_is_judged_by_that_program) {
  put("game.exe", kX86, "game");
  put("setup.exe", kX64, "setup");
  put("winmm.dll", kX86, "refwave");
  put("refwave.drv", kX86, "refwave");
  EXPECT_THAT(look("game.exe").dropin_problems, IsEmpty());
  EXPECT_THAT(look("setup.exe").dropin_problems, ElementsAre(EndsWith("32-bit, but setup.exe is 64-bit"),
                                                             EndsWith("32-bit, but setup.exe is 64-bit")));
}

TEST_F(Dropin, That_is_missing_or_somebody_elses_is_found) {
  put("game.exe", kX64, "game");
  put("winmm.dll", kX64, "another wrapper");
  EXPECT_THAT(look().dropin_problems,
              ElementsAre(EndsWith("winmm.dll: not refwave's"), EndsWith("refwave.drv: missing")));
}

TEST_F(Dropin, Says_when_the_program_is_not_there) {
  put("winmm.dll", kX64, "refwave");
  put("refwave.drv", kX64, "refwave");
  EXPECT_THAT(look("game.exe").dropin_problems, ElementsAre(EndsWith("game.exe: no program (.exe) there")));
}

}  // namespace
}  // namespace refwave::test
