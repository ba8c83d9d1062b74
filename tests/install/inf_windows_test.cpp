// refwave.inf as setupapi carries it out. Its entry point tells nobody of failures: what is there counts.
#include <windows.h>

#include "tests/install/executable.h"
#include "tests/install/windows.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

class Inf_on_windows : public On_windows {
 protected:
  void SetUp() override {
    On_windows::SetUp();
    fs::copy_file(REFWAVE_INF, archive_ / "refwave.inf");
    for (const char* name : {"refwave32.drv", "winmm32.dll"})
      write(archive_ / "x86" / name, executable(kX86, "refwave"));
  }

  /// Effects: as the Explorer does for a right click.
  void carry_out(const std::string& section) {
    const std::wstring command = L"rundll32.exe setupapi.dll,InstallHinfSection " +
                                 fs::path(section).wstring() + L" 132 " +
                                 (archive_ / "refwave.inf").wstring();
    EXPECT_EQ(_wsystem(command.c_str()), 0);
  }

  const fs::path folder_of_programs_ = fs::path(_wgetenv(L"ProgramFiles")) / "refwave";
};

TEST_F(Inf_on_windows, Copies_the_files_runs_the_installer_and_takes_all_away) {
  const std::string before = state();
  carry_out("DefaultInstall");
  EXPECT_EQ(slot(Bitness::k64, 1), "refwave.drv");
  EXPECT_EQ(slot(Bitness::k32, 1), "refwave.drv");
  EXPECT_TRUE(is_from_archive(driver(Bitness::k64), "x64/refwave.drv"));
  EXPECT_TRUE(is_from_archive(driver(Bitness::k32), "x86/refwave32.drv"));
  for (const char* name : {"refwave.exe", "refwave.drv", "winmm.dll", "sndfile.dll"})
    EXPECT_TRUE(is_from_archive(folder_of_programs_ / name, "x64/" + std::string(name))) << name;
  carry_out("DefaultUninstall");
  EXPECT_EQ(state(), before);
  EXPECT_FALSE(has_own_key());
  EXPECT_FALSE(fs::exists(folder_of_programs_ / "refwave.exe"));
}

}  // namespace
}  // namespace refwave::test
