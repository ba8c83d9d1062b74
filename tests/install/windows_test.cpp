// refwave.exe installs into a real registry and real system folders: Wine's.
#include <windows.h>
// shellapi.h wants windows.h first.
#include <shellapi.h>

#include "driver/cli/console/platform.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/machine.h"
#include "tests/install/executable.h"
#include "tests/install/windows.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Installer : public On_windows {
 protected:
  void install(const std::string& options = "") {
    const Outcome outcome = refwave("install" + options);
    ASSERT_EQ(outcome.status, 0) << outcome.text;
  }
};

TEST_F(Installer, Installs_for_both_bitnesses_and_takes_exactly_that_away) {
  set_slot(Bitness::k64, 1, "other.drv");
  const std::string before = state();
  install();
  EXPECT_EQ(slot(Bitness::k64, 0), "wdmaud.drv");
  EXPECT_EQ(slot(Bitness::k64, 1), "other.drv");
  EXPECT_EQ(slot(Bitness::k64, 2), "refwave.drv");
  EXPECT_EQ(slot(Bitness::k32, 1), "refwave.drv");
  EXPECT_TRUE(is_from_archive(driver(Bitness::k64), "x64/refwave.drv"));
  EXPECT_TRUE(is_from_archive(driver(Bitness::k32), "x86/refwave.drv"));
  EXPECT_TRUE(has_own_key());
  const Outcome status = refwave("status");
  EXPECT_EQ(status.status, 0) << status.text;
  EXPECT_THAT(status.text, HasSubstr("wave2  refwave.drv  refwave"));
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_EQ(state(), before);
  EXPECT_FALSE(has_own_key());
  EXPECT_EQ(refwave("status").status, 3);
}

TEST_F(Installer, Dry_run_prints_every_change_and_makes_none) {
  const std::string before = state();
  const Outcome dry = refwave("install --dry-run");
  EXPECT_EQ(dry.status, 0);
  for (const char* part : {"set wave1 of Drivers32, 64-bit programs, to refwave.drv", "32-bit programs",
                           "copy ", "syswow64\\refwave.drv", "registry key"})
    EXPECT_THAT(dry.text, HasSubstr(part));
  EXPECT_EQ(state(), before);
  EXPECT_FALSE(has_own_key());
  install();
  const std::string installed = state();
  EXPECT_THAT(refwave("uninstall --dry-run").text, HasSubstr("clear wave1"));
  EXPECT_EQ(state(), installed);
}

TEST_F(Installer, Half_an_installation_is_seen_and_repaired) {
  EXPECT_EQ(refwave("repair").status, 1) << "nothing is installed";
  install();
  const std::string whole = state();
  set_slot(Bitness::k32, 1, std::nullopt);
  fs::remove(driver(Bitness::k64));
  const Outcome status = refwave("status");
  EXPECT_EQ(status.status, 4);
  EXPECT_THAT(status.text, HasSubstr("refwave.drv is missing"));
  EXPECT_THAT(status.text, HasSubstr("32-bit programs: refwave is in no slot"));
  const Outcome doctor = refwave("doctor --option device=clocked");
  EXPECT_EQ(doctor.status, 1);
  EXPECT_THAT(doctor.text, HasSubstr("ok  64-bit wave1: refwave.drv"));
  EXPECT_THAT(doctor.text, HasSubstr("refwave.drv is missing\n       -> `refwave repair`"));
  EXPECT_THAT(doctor.text, HasSubstr("!!  32-bit programs: refwave is in no slot\n"));
  EXPECT_THAT(refwave("repair --dry-run").text, HasSubstr("copy "));
  EXPECT_EQ(refwave("repair").status, 0);
  EXPECT_EQ(state(), whole);
}

TEST_F(Installer, A_driver_in_the_folder_of_the_other_bitness_is_seen) {
  install();
  EXPECT_THAT(refwave("doctor --option device=clocked").text, Not(HasSubstr("is not for")));
  write(driver(Bitness::k32), contents(driver(Bitness::k64)));
  EXPECT_THAT(refwave("doctor --option device=clocked").text, HasSubstr("is not for 32-bit programs"));
}

TEST_F(Installer, A_driver_in_use_is_replaced_at_once_and_its_old_file_goes_later) {
  install();
  const std::string old_version = contents(driver(kOwn));
  HMODULE user = LoadLibraryW(driver(kOwn).c_str());
  ASSERT_NE(user, nullptr);
  write(archive_ / part(kOwn) / "refwave.drv", old_version + "newer");
  const Outcome upgrade = refwave("install");
  EXPECT_EQ(upgrade.status, 0) << upgrade.text;
  EXPECT_THAT(upgrade.text, HasSubstr("at the next restart"));
  EXPECT_TRUE(is_from_archive(driver(kOwn), (part(kOwn) / "refwave.drv").string()));
  const fs::path old_file = driver(kOwn).wstring() + L".old-refwave-1";
  EXPECT_TRUE(contents(old_file) == old_version);
  wchar_t pending[4096] = {};
  DWORD size = sizeof pending;
  RegGetValueW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Control\\Session Manager",
               L"PendingFileRenameOperations", RRF_RT_REG_MULTI_SZ, nullptr, pending, &size);
  EXPECT_THAT(std::wstring(pending, size / sizeof(wchar_t)), HasSubstr(L".old-refwave-1"));
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_FALSE(fs::exists(driver(kOwn)));
  FreeLibrary(user);
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_FALSE(fs::exists(old_file)) << "it is not used any more";
}

TEST_F(Installer, A_step_that_Windows_refuses_leaves_everything_as_it_was) {
  const std::string before = state();
  fs::create_directory(driver(Bitness::k32).wstring() + L".kept-by-refwave");
  write(driver(Bitness::k32), "somebody's");
  const std::string with_foreign = state();
  const Outcome refused = refwave("install --force");
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(state(), with_foreign);
  EXPECT_FALSE(has_own_key());
  fs::remove(driver(Bitness::k32));
  fs::remove(driver(Bitness::k32).wstring() + L".kept-by-refwave");
  EXPECT_EQ(state(), before);
}

class For_one_program : public On_windows {
 protected:
  void SetUp() override {
    On_windows::SetUp();
    fs::create_directories(game_);
    write(game_ / "game.exe", executable(kX64, "a game"));
  }
  Outcome with_program(const std::string& command, const std::string& name = "") {
    const std::u8string program = (name.empty() ? game_ : game_ / name).u8string();
    return refwave(command + " --program \"" + std::string(program.begin(), program.end()) + "\"");
  }
  /// A name beyond any code page: Greek, and Chinese.
  const fs::path game_ =
      fs::temp_directory_path() / (L"refwave \u03b3\u6e38 " + std::to_wstring(GetCurrentProcessId()));

  void TearDown() override {
    fs::remove_all(game_);
    On_windows::TearDown();
  }
};

TEST_F(For_one_program, Puts_winmm_and_driver_beside_it_and_takes_them_away) {
  const std::string before = state();
  const Outcome outcome = with_program("install");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_TRUE(is_from_archive(game_ / "winmm.dll", "x64/winmm.dll"));
  EXPECT_TRUE(is_from_archive(game_ / "refwave.drv", "x64/refwave.drv"));
  EXPECT_EQ(state(), before) << "the system";
  EXPECT_FALSE(has_own_key());
  EXPECT_EQ(with_program("uninstall").status, 0);
  EXPECT_FALSE(fs::exists(game_ / "winmm.dll"));
  EXPECT_FALSE(fs::exists(game_ / "refwave.drv"));
}

TEST_F(For_one_program, Misspelt_is_not_the_folder_above) {
  ASSERT_EQ(with_program("install").status, 0);
  const Outcome outcome = with_program("uninstall", "typo");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.text, HasSubstr("no such folder or program"));
  EXPECT_TRUE(fs::exists(game_ / "winmm.dll"));
}

TEST_F(For_one_program, Dry_run_leaves_nothing_in_its_folder_not_even_for_a_moment) {
  const HANDLE changes = FindFirstChangeNotificationW(game_.c_str(), FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
  ASSERT_NE(changes, INVALID_HANDLE_VALUE);
  const Outcome dry = with_program("install --dry-run");
  EXPECT_EQ(dry.status, 0);
  EXPECT_THAT(dry.text, HasSubstr("copy "));
  EXPECT_EQ(WaitForSingleObject(changes, 0), static_cast<DWORD>(WAIT_TIMEOUT));
  EXPECT_EQ(with_program("install").status, 0);
  EXPECT_EQ(WaitForSingleObject(changes, 10'000), WAIT_OBJECT_0) << "what is waited for above can happen";
  FindCloseChangeNotification(changes);
}

TEST(Name_for_administrators, Is_the_same_folder_or_file_without_a_device_prefix) {
  for (const fs::path& path : {cli::command_folder(), cli::program_file()}) {
    const fs::path name = install::name_for_administrators(path);
    EXPECT_TRUE(fs::equivalent(name, path)) << name;
    EXPECT_FALSE(name.wstring().starts_with(L"\\\\?")) << name;
  }
  EXPECT_EQ(install::name_for_administrators("C:\\no such folder"), "C:\\no such folder");
}

// As the process that asks for an administrator's rights hands its line to the one that gets them.
TEST(Command_line, Is_taken_apart_by_Windows_into_what_it_was_made_of) {
  const std::vector<std::string> arguments = {"install", "--program", "C:\\A game\\",
                                              "",        "a\"b\\\"c", "\\\\x\\ "};
  const std::string line = "refwave " + install::line_of(arguments);
  int count = 0;
  LPWSTR* const words = CommandLineToArgvW(std::wstring(line.begin(), line.end()).c_str(), &count);
  std::vector<std::string> found;
  for (int i = 1; i < count; ++i) found.push_back(fs::path(words[i]).string());
  LocalFree(words);
  EXPECT_EQ(found, arguments);
}

TEST_F(For_one_program, Is_never_Windows_itself_nor_refwave) {
  const std::string system = system_folder(Bitness::k64).string();
  const std::string winmm = contents(system_folder(Bitness::k64) / "winmm.dll");
  for (const char* command : {"install --force", "uninstall"}) {
    EXPECT_EQ(refwave(std::string(command) + " --program \"" + system + "\"").status, 1);
    for (const char* own : {"x64", "x86"})
      EXPECT_EQ(refwave(std::string(command) + " --program \"" + (archive_ / own).string() + "\"").status, 1);
  }
  EXPECT_TRUE(contents(system_folder(Bitness::k64) / "winmm.dll") == winmm);
  for (const char* own : {"x64/winmm.dll", "x86/winmm.dll"}) EXPECT_TRUE(fs::exists(archive_ / own)) << own;
}

}  // namespace
}  // namespace refwave::test
