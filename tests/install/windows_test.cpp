// refwave.exe installs into the registry and system folders of a Wine of its own. The tests change the
// system, and skip themselves elsewhere.
#include <gmock/gmock.h>
#include <windows.h>
// shellapi.h wants windows.h first.
#include <shellapi.h>

#include <process.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "inf/cli/console/platform.h"
#include "inf/install/carry_out.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/machine.h"
#include "inf/install/machine/registry_windows.h"
#include "inf/install/picture/look.h"
#include "inf/install/picture/slots.h"
#include "inf/install/plan/plan.h"
#include "tests/install/executable.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;
using install::RegistryKey;
using install::Value;
using install::View;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int status;
  std::string text;  // standard output and error
};

constexpr View kOwn = sizeof(void*) == 8 ? View::bits_64 : View::bits_32;
constexpr View kOther = sizeof(void*) == 8 ? View::bits_32 : View::bits_64;

constexpr const wchar_t* kOwnKey = L"SOFTWARE\\refwave";
constexpr const wchar_t* kSessionManager = L"SYSTEM\\CurrentControlSet\\Control\\Session Manager";
constexpr const wchar_t* kPending = L"PendingFileRenameOperations";

constexpr const wchar_t* kRootDevices = L"SYSTEM\\CurrentControlSet\\Enum\\ROOT\\MEDIA";
constexpr const wchar_t* kDriverKeys =
    L"SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e96c-e325-11ce-bfc1-08002be10318}";

RegistryKey drivers32(View view) {
  return {view, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Drivers32"};
}

/// Returns: a key that both views share.
RegistryKey key_of(const std::wstring& path) { return {View::bits_64, path}; }

/// Returns: a line for each key and value in the key.
std::string dump(const RegistryKey& key, const std::string& named) {
  std::string lines;
  for (const auto& [name, text] : key.values()) lines += named + ": " + name + "=" + text + "\n";
  for (const std::string& name : key.keys())
    lines += named + "\\" + name + "\n" + dump(key.below(name), named + "\\" + name);
  return lines;
}

void forget_devices() {
  key_of(kRootDevices).delete_all();
  key_of(kDriverKeys).delete_all();
}

class On_windows : public testing::Test {
 protected:
  /// Effects: removes what an earlier test left, and copies the archive.
  void SetUp() override {
    if (!install::is_wine()) GTEST_SKIP() << "this test changes the system; it runs under Wine alone";
    Wow64DisableWow64FsRedirection(&redirection_);
    for (const View view : {View::bits_64, View::bits_32}) {
      for (std::size_t number = 0; number < install::kSlots; ++number) set_slot(view, number, std::nullopt);
      set_slot(view, 0, "wdmaud.drv");
      fs::create_directories(system_folder(view));
      for (const auto& entry : fs::directory_iterator(system_folder(view))) {
        if (entry.path().filename().wstring().starts_with(L"refwave.drv")) fs::remove(entry.path());
      }
    }
    forget_devices();
    RegDeleteKeyExW(HKEY_LOCAL_MACHINE, kOwnKey, KEY_WOW64_64KEY, 0);
    RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, kSessionManager, kPending);
    folder_ = fs::temp_directory_path() / ("refwave install " + std::to_string(GetCurrentProcessId()));
    archive_ = folder_ / "archive";
    fs::create_directories(folder_);
    fs::copy(REFWAVE_UNPACKED, archive_, fs::copy_options::recursive);
    stand_in_for_other_half();
  }
  void TearDown() override {
    std::error_code in_use;
    fs::remove_all(folder_, in_use);
    if (redirection_ != nullptr) Wow64RevertWow64FsRedirection(redirection_);
  }

  /// `arguments`: UTF-8. The output goes into a file: Wine starts its desktop from the first program that
  /// needs one, and the desktop would hold a pipe open.
  Outcome refwave(const std::string& arguments) const {
    return at_prompt("\"" + (archive_ / part(kOwn) / "refwave.exe").string() + "\" " + arguments);
  }
  /// `line`: UTF-8, typed in the folder of refwave.exe.
  Outcome at_prompt(const std::string& line) const {
    static int count = 0;
    const fs::path printed =
        fs::temp_directory_path() /
        ("refwave printed " + std::to_string(GetCurrentProcessId()) + "." + std::to_string(++count));
    const std::wstring command = L"\"cd /d \"" + (archive_ / part(kOwn)).wstring() + L"\" && " +
                                 fs::path(std::u8string(line.begin(), line.end())).wstring() + L" >\"" +
                                 printed.wstring() + L"\" 2>&1\"";
    const int status = _wsystem(command.c_str());
    std::string text = contents_of(printed);
    std::erase(text, '\r');
    std::error_code in_use;
    fs::remove(printed, in_use);
    return {status, text};
  }

  static std::optional<std::string> slot(View view, std::size_t number) {
    const std::optional<Value> value = drivers32(view).value(install::slot_name(number));
    return value ? std::optional(value->text) : std::nullopt;
  }
  /// Effects: writes the slot; with nothing clears it.
  static void set_slot(View view, std::size_t number, const std::optional<std::string>& text) {
    drivers32(view).set(install::slot_name(number),
                        text ? std::optional(Value{.text = *text}) : std::nullopt);
  }
  /// Returns: all slots of both views, every file called refwave.drv… in their folders, and the devices.
  static std::string state() {
    return dump(key_of(kRootDevices), "MEDIA") + dump(key_of(kDriverKeys), "Class") + slots_and_files();
  }
  static std::string slots_and_files() {
    std::string text;
    for (const View view : {View::bits_64, View::bits_32}) {
      for (std::size_t number = 0; number < install::kSlots; ++number)
        text += install::slot_name(number) + "=" + slot(view, number).value_or("(free)") + "\n";
      for (const auto& entry : fs::directory_iterator(system_folder(view))) {
        if (entry.path().filename().wstring().starts_with(L"refwave.drv"))
          text += entry.path().string() + " " +
                  std::to_string(entry.is_regular_file() ? entry.file_size() : 0) + "\n";
      }
    }
    return text;
  }
  /// Returns: how often the words occur in what Windows does with files at its next restart.
  static int times_pending(const std::wstring& words) {
    std::vector<wchar_t> pending(32'768);
    DWORD size = static_cast<DWORD>(pending.size() * sizeof(wchar_t));
    if (RegGetValueW(HKEY_LOCAL_MACHINE, kSessionManager, kPending, RRF_RT_REG_MULTI_SZ, nullptr,
                     pending.data(), &size) != ERROR_SUCCESS)
      return 0;
    const std::wstring text(pending.data(), size / sizeof(wchar_t));
    int times = 0;
    for (std::size_t at = text.find(words); at != std::wstring::npos; at = text.find(words, at + 1)) ++times;
    return times;
  }
  static bool has_own_key() {
    HKEY key = nullptr;
    const LSTATUS status =
        RegOpenKeyExW(HKEY_LOCAL_MACHINE, kOwnKey, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
    if (status == ERROR_SUCCESS) RegCloseKey(key);
    return status == ERROR_SUCCESS;
  }
  static std::filesystem::path part(View view) { return view == View::bits_64 ? "x64" : "x86"; }

  static fs::path system_folder(View view) {
    wchar_t path[MAX_PATH];
    const UINT length =
        (view == View::bits_64 ? GetSystemDirectoryW : GetSystemWow64DirectoryW)(path, MAX_PATH);
    return std::wstring(path, length);
  }
  static std::filesystem::path driver(View view) { return system_folder(view) / "refwave.drv"; }
  bool is_from_archive(const fs::path& path, const std::string& name) const {
    return fs::is_regular_file(path) && contents_of(path) == contents_of(archive_ / name);
  }
  static void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::filesystem::path folder_;   // of the test's own
  std::filesystem::path archive_;  // in it

 private:
  /// Effects: with a single build tree the zip has its files twice. Replaces those of the other bitness by
  /// files that look right.
  void stand_in_for_other_half() const {
    for (const auto& entry : fs::directory_iterator(archive_ / part(kOther))) {
      const auto file = install::read_program_file(entry.path());
      if (file && file->architecture != install::architecture_of(kOther))
        write(entry.path(), executable(kOther == View::bits_64 ? kX64 : kX86, "refwave"));
    }
  }

  void* redirection_ = nullptr;  // of the system folder, which a 32-bit process is shown under another name
};

class Installer : public On_windows {
 protected:
  void install(const std::string& options = "") {
    const Outcome outcome = refwave("install" + options);
    ASSERT_EQ(outcome.status, 0) << outcome.text;
  }
};

TEST_F(Installer, Half_an_installation_is_seen_and_repaired) {
  EXPECT_EQ(refwave("repair").status, 1) << "nothing is installed";
  install();
  const std::string whole = state();
  set_slot(View::bits_32, 1, std::nullopt);
  fs::remove(driver(View::bits_64));
  const Outcome status = refwave("status");
  EXPECT_EQ(status.status, 4);
  EXPECT_THAT(status.text, HasSubstr("refwave.drv is missing"));
  EXPECT_THAT(status.text, HasSubstr("32-bit programs: refwave is in no slot"));
  const Outcome doctor = refwave("doctor --option device=clocked");
  EXPECT_EQ(doctor.status, 1);
  EXPECT_THAT(doctor.text, HasSubstr("ok  64-bit wave1: refwave.drv"));
  EXPECT_THAT(doctor.text, HasSubstr("refwave.drv is missing\n       -> `refwave repair`"));
  EXPECT_THAT(doctor.text, HasSubstr("!!  32-bit programs: refwave is in no slot\n"));
  EXPECT_THAT(doctor.text, Not(HasSubstr("is not for")));
  EXPECT_THAT(refwave("repair --dry-run").text, HasSubstr("copy "));
  EXPECT_EQ(refwave("repair").status, 0);
  EXPECT_EQ(state(), whole);
  write(driver(View::bits_32), contents_of(driver(View::bits_64)));
  EXPECT_THAT(refwave("doctor --option device=clocked").text, HasSubstr("is not for 32-bit programs"));
}

TEST_F(Installer, The_device_is_made_mended_and_removed) {
  const std::wstring alias = std::wstring(kDriverKeys) + L"\\0000\\Drivers\\wave\\refwave.drv";
  const std::string before = state();
  install();
  const std::string whole = state();
  for (const char* part :
       {R"(MEDIA\0000: HardwareID=ROOT\refwave)", R"(0000: DeviceDesc=refwave wave driver)",
        R"(\0000\Drivers: SubClasses=wave)", R"(\wave\refwave.drv: Driver=refwave.drv)",
        R"(\wave\refwave.drv: Description=refwave wave driver)", R"(\wave\refwave.drv: Alias=wave1)"})
    EXPECT_THAT(whole, HasSubstr(part));
  const std::vector<std::function<void()>> losses = {
      forget_devices,  // as an earlier version installed it
      [] {             // what is left by an installer that was killed
        key_of(kDriverKeys).below("0000").delete_all();
        key_of(kRootDevices).below("0000").set("Driver", std::nullopt);
      },
      [&] { key_of(alias).set("Alias", Value{.text = "wave3"}); },
      [&] { key_of(alias).set("Driver", std::nullopt); },
  };
  for (const auto& lose : losses) {
    lose();
    EXPECT_EQ(refwave("status").status, 4);
    EXPECT_THAT(refwave("repair --dry-run").text, HasSubstr("the device ROOT\\refwave, alias wave1"));
    EXPECT_EQ(refwave("repair").status, 0);
    EXPECT_EQ(state(), whole);
  }
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_EQ(state(), before);
}

constexpr int kKilled = 9;

/// Effects: as `refwave install` and the like from that folder.
void carry_out(
    const std::string& command, const fs::path& folder, const install::Say& say = [](auto&) {}) {
  const install::Snapshot machine = install::look_at_this_machine(folder);
  const install::Plan plan = command == "uninstall" ? plan_uninstall(machine)
                             : command == "repair"  ? plan_repair(machine, install::Force::no)
                                                    : plan_install(machine, install::Force::no);
  carry_out(plan, *install::this_machine(machine.name), say);
}

/// A process of its own, started by the next test, with a command, where it is killed (N: after N steps; -N:
/// at the Nth change of the registry, so within a step), and the folder.
TEST(Installer_process, DISABLED_Is_killed) {
  // Its account is not the parent's.
  ASSERT_NE(std::freopen("NUL", "w", stdout), nullptr);
  std::istringstream words(std::getenv("REFWAVE_KILLED"));
  std::string command, folder;
  int at = 0, steps = 0;
  std::getline(words >> command >> at >> std::ws, folder);
  const auto kill = [] { TerminateProcess(GetCurrentProcess(), kKilled); };
  HKEY key = nullptr;
  RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SYSTEM", 0, KEY_NOTIFY, &key);
  const HANDLE changed = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  const auto ask = [=] {
    RegNotifyChangeKeyValue(key, TRUE, REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET, changed, TRUE);
  };
  ask();
  std::thread([=] {
    for (int changes = 0; changes-- != at; ask()) WaitForSingleObject(changed, INFINITE);
    kill();
  }).detach();
  const auto count = [&](const std::string&) {
    if (steps++ == at) kill();
  };
  count("no step");
  carry_out(command, folder, count);
}

TEST_F(Installer, Killed_at_any_moment_is_completed_by_repair_and_removed_by_uninstall) {
  const fs::path source = archive_ / part(kOwn);
  const auto health = [&] {
    const install::Snapshot machine = install::look_at_this_machine(source);
    EXPECT_EQ(machine.foreign_device, "") << "no device of refwave's is taken for another's";
    return diagnose(machine).health;
  };
  // Wine's own steps that make and remove a device can be interrupted, and leave keys that it does not list.
  const auto seen = [](int at) { return at < 0 ? slots_and_files() : state(); };
  const auto is_killed = [&](const std::string& command, int at) {
    carry_out("uninstall", source);
    forget_devices();
    if (command != "install") carry_out("install", source);
    if (command == "repair") {
      forget_devices();
      fs::remove(driver(kOwn));
      set_slot(kOwn, 1, std::nullopt);
    }
    const std::string words = command + " " + std::to_string(at) + " ";
    SetEnvironmentVariableW(L"REFWAVE_KILLED", (fs::path(words).wstring() + source.wstring()).c_str());
    const std::string self = cli::program_file().string();
    return _spawnl(_P_WAIT, self.c_str(), "test", "--gtest_also_run_disabled_tests",
                   "--gtest_filter=Installer_process.*", "--gtest_brief=1", nullptr) == kKilled;
  };
  for (const int first : {0, -1}) {
    carry_out("uninstall", source);
    const std::string before = seen(first);
    carry_out("install", source);
    const std::string whole = seen(first);
    for (const char* command : {"install", "repair", "uninstall"}) {
      int at = first;
      for (; is_killed(command, at); at += 2 * first + 1) {
        SCOPED_TRACE(command + (" killed at " + std::to_string(at)));
        carry_out(health() == install::Health::not_installed ? "install" : "repair", source);
        EXPECT_EQ(health(), install::Health::installed);
        EXPECT_EQ(seen(at), whole);
        if (at >= 0) is_killed(command, at);
        carry_out("uninstall", source);
        EXPECT_EQ(health(), install::Health::not_installed);
        EXPECT_EQ(seen(at), before);
        EXPECT_FALSE(has_own_key());
      }
      EXPECT_GE(std::abs(at), at < 0 ? 2 : 5) << command;
    }
  }
}

TEST_F(Installer, Another_device_of_that_id_is_left_alone) {
  const RegistryKey device = key_of(kRootDevices).below("0007");
  device.set("HardwareID", Value{.text = std::string("ROOT\\refwave\0", 14)});
  device.set("ClassGUID", Value{.text = "{4D36E96C-E325-11CE-BFC1-08002BE10318}"});
  device.set("DeviceDesc", Value{.text = "somebody's"});
  const std::string before = state();
  EXPECT_THAT(refwave("install").text, HasSubstr("ROOT\\MEDIA\\0007, another's device"));
  EXPECT_THAT(refwave("status").text, HasSubstr("device ROOT\\refwave: ROOT\\MEDIA\\0007, not refwave's"));
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_EQ(state(), before);
}

TEST_F(Installer, Another_driver_has_record_device_and_slots_of_its_own) {
  install();
  const std::string before = state();
  write(folder_ / "Silent.drv", executable(kX64, ""));
  write(folder_ / "of 32 bits", executable(kX86, ""));
  const Outcome outcome = refwave("install --driver \"" + (folder_ / "Silent.drv").string() +
                                  "\" --driver32 \"" + (folder_ / "of 32 bits").string() + "\"");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_EQ(slot(View::bits_64, 2), "silent.drv");
  EXPECT_EQ(slot(View::bits_32, 2), "silent.drv");
  for (const char* part : {R"(MEDIA\0001: HardwareID=ROOT\silent)", R"(\silent.drv: Alias=wave2)"})
    EXPECT_THAT(state(), HasSubstr(part));
  EXPECT_EQ(contents_of(system_folder(View::bits_32) / "silent.drv"), executable(kX86, ""));
  EXPECT_THAT(refwave("status").text, HasSubstr("silent is installed"));
  EXPECT_EQ(refwave("uninstall --driver silent.drv").status, 0);
  EXPECT_EQ(state(), before);
  for (const View view : {View::bits_64, View::bits_32})
    EXPECT_FALSE(fs::exists(system_folder(view) / "silent.drv"));
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_FALSE(has_own_key());
}

TEST_F(Installer, A_driver_in_use_is_replaced_and_its_old_file_removed_later) {
  const fs::path others = folder_ / "somebody's";
  const fs::path renamed = folder_ / "somebody's too";
  write(others, "");
  ASSERT_NE(MoveFileExW(others.c_str(), renamed.c_str(), MOVEFILE_DELAY_UNTIL_REBOOT), FALSE);
  install();
  const std::string old_version = contents_of(driver(kOwn));
  HMODULE user = LoadLibraryW(driver(kOwn).c_str());
  ASSERT_NE(user, nullptr);
  write(archive_ / part(kOwn) / "refwave.drv", old_version + "newer");
  const Outcome upgrade = refwave("install");
  EXPECT_EQ(upgrade.status, 0) << upgrade.text;
  EXPECT_THAT(upgrade.text, HasSubstr("at the next restart"));
  EXPECT_TRUE(is_from_archive(driver(kOwn), (part(kOwn) / "refwave.drv").string()));
  const fs::path old_file = driver(kOwn).wstring() + L".old-refwave-1";
  EXPECT_TRUE(contents_of(old_file) == old_version);
  EXPECT_EQ(times_pending(L".old-refwave-1"), 1);
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_FALSE(fs::exists(driver(kOwn)));
  EXPECT_EQ(times_pending(L".old-refwave-1"), 1) << "it was asked for before";
  FreeLibrary(user);
  EXPECT_EQ(refwave("uninstall").status, 0);
  EXPECT_FALSE(fs::exists(old_file)) << "it is not used any more";
  EXPECT_EQ(times_pending(L".old-refwave-"), 0) << "what is gone need not go at the restart";
  EXPECT_EQ(times_pending(L"somebody's"), 2) << "of others";
  EXPECT_NE(MoveFileExW(others.c_str(), nullptr, MOVEFILE_DELAY_UNTIL_REBOOT), FALSE) << "the list is whole";
  EXPECT_EQ(times_pending(L"somebody's"), 3);
}

class For_one_program : public On_windows {
 protected:
  void SetUp() override {
    On_windows::SetUp();
    if (IsSkipped()) return;
    fs::create_directories(game_);
    write(game_ / "game.exe", player(kX64));
  }
  Outcome with_program(const std::string& command, const std::string& name = "") {
    const std::u8string program = (name.empty() ? game_ : game_ / name).u8string();
    return refwave(command + " --program \"" + std::string(program.begin(), program.end()) + "\"");
  }
  /// Greek and Chinese: no code page has both.
  const fs::path game_ =
      fs::temp_directory_path() / (L"refwave \u03b3\u6e38 " + std::to_wstring(GetCurrentProcessId()));

  void TearDown() override {
    fs::remove_all(game_);
    On_windows::TearDown();
  }
};

TEST_F(For_one_program, That_would_not_use_refwave_gets_it_by_force_alone) {
  write(game_ / "game.exe", executable(kX64, "a game", {{"DSOUND.dll", {"#1"}}}));
  const Outcome refused = with_program("install");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("game.exe: plays in another way (dsound.dll)"));
  EXPECT_FALSE(fs::exists(game_ / "winmm.dll"));
  EXPECT_EQ(with_program("install --force").status, 0);
  EXPECT_TRUE(fs::exists(game_ / "winmm.dll"));
}

TEST_F(For_one_program, Is_listed_until_refwave_is_gone_from_there) {
  const std::u8string path = game_.u8string();
  const std::string line = std::string(path.begin(), path.end()) + ": refwave ";
  EXPECT_EQ(with_program("status").status, 3);
  EXPECT_THAT(with_program("install").text, HasSubstr("game.exe: its waveOut will be refwave's"));
  for (const Outcome& listed : {with_program("status"), refwave("status")})
    EXPECT_THAT(listed.text, testing::AllOf(HasSubstr(line), HasSubstr(", 64-bit, not used yet")));
  EXPECT_EQ(with_program("status", "game.exe").status, 0);
  fs::remove(game_ / "refwave.drv");
  EXPECT_EQ(with_program("status").status, 4);
  EXPECT_EQ(with_program("uninstall").status, 0);
  EXPECT_THAT(refwave("status").text, Not(HasSubstr(line)));
  EXPECT_EQ(with_program("install").status, 0);
  fs::rename(game_, game_.wstring() + L" moved");
  EXPECT_THAT(refwave("status").text, Not(HasSubstr(line)));
  fs::rename(game_.wstring() + L" moved", game_);
  EXPECT_THAT(refwave("status").text, Not(HasSubstr(line))) << "it was dropped";
}

TEST(Name_for_administrators, Is_the_same_folder_or_file_without_a_device_prefix) {
  for (const fs::path& path : {cli::command_folder(), cli::program_file()}) {
    const fs::path name = install::name_for_administrators(path);
    EXPECT_TRUE(fs::equivalent(name, path)) << name;
    EXPECT_FALSE(name.wstring().starts_with(L"\\\\?")) << name;
  }
  EXPECT_EQ(install::name_for_administrators("C:\\no such folder"), "C:\\no such folder");
}

// So the process that asks for an administrator's rights passes its command line on.
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

TEST_F(For_one_program, Is_never_Windows_itself_nor_refwave_nor_a_folder_above) {
  ASSERT_EQ(with_program("install").status, 0);
  EXPECT_THAT(with_program("uninstall", "typo").text, HasSubstr("no such folder or program"));
  EXPECT_TRUE(fs::exists(game_ / "winmm.dll"));
  const std::string system = system_folder(View::bits_64).string();
  const std::string winmm = contents_of(system_folder(View::bits_64) / "winmm.dll");
  for (const char* command : {"install --force", "uninstall"}) {
    EXPECT_EQ(refwave(std::string(command) + " --program \"" + system + "\"").status, 1);
    for (const char* own : {"x64", "x86"})
      EXPECT_EQ(refwave(std::string(command) + " --program \"" + (archive_ / own).string() + "\"").status, 1);
  }
  EXPECT_TRUE(contents_of(system_folder(View::bits_64) / "winmm.dll") == winmm);
  for (const char* own : {"x64/winmm.dll", "x86/winmm.dll"}) EXPECT_TRUE(fs::exists(archive_ / own)) << own;
}

/// Each command line of README.txt is typed in a folder of the archive, in order.
class Readme : public For_one_program {
 protected:
  void SetUp() override {
    For_one_program::SetUp();
    if (IsSkipped()) return;
    const fs::path media = windows_folder() / "Media";
    fs::create_directories(media);
    write(media / "tada.wav", wav());
    fs::create_directories(kOldGame);
    write(kOldGame / "game.exe", player(kOwn == View::bits_64 ? kX64 : kX86));
    write(folder_ / "refwave.toml", "output = ['clocked']\ninput = ['clocked']\n");
    SetEnvironmentVariableW(L"REFWAVE_CONFIG", (folder_ / "refwave.toml").c_str());
  }
  void TearDown() override {
    SetEnvironmentVariableW(L"REFWAVE_CONFIG", nullptr);
    if (!IsSkipped()) fs::remove_all(kOldGame);
    For_one_program::TearDown();
  }

  /// Returns: the command lines in the README, without their explanations.
  std::vector<std::string> lines() const {
    std::vector<std::string> found;
    std::ifstream readme(archive_ / "README.txt");
    for (std::string line; std::getline(readme, line);) {
      if (!line.starts_with("  refwave ")) continue;
      line = line.substr(2, line.find("  ", 2) - 2);
      std::erase(line, '\r');
      found.push_back(line);
    }
    return found;
  }

  static fs::path windows_folder() {
    wchar_t path[MAX_PATH];
    return std::wstring(path, GetWindowsDirectoryW(path, MAX_PATH));
  }
  /// Returns: a tenth of a second of silence: 16 bits, mono, 8 kHz.
  static std::string wav() {
    std::string bytes(
        "RIFF\x64\x06\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1F\0\0\x80\x3E\0\0\2\0\x10\0data\x40\x06\0\0", 44);
    return bytes + std::string(1'600, '\0');
  }

  const fs::path kOldGame = "C:\\Games\\An old game";
};

TEST_F(Readme, Lines_do_what_they_promise_in_their_order) {
  struct Line {
    std::string typed;
    int worst;  // exit status: 1 where the machine may be busy, or has no screen
    std::string printed;
    bool is_beside = false;     // winmm.dll beside the program, afterwards
    bool is_installed = false;  // for all programs
  };
  const std::vector<Line> expected = {
      {"refwave play C:\\Windows\\Media\\tada.wav", 0, "played C:\\Windows\\Media\\tada.wav"},
      {"refwave --help", 0, "Commands:"},
      {"refwave install --program \"C:\\Games\\An old game\"", 0, "copy ", true},
      {"refwave uninstall --program \"C:\\Games\\An old game\"", 0, "delete "},
      {"refwave install", 0, "set wave1", false, true},
      {"refwave status", 0, "refwave is installed", false, true},
      {"refwave uninstall", 0, "clear wave1"},
      {"refwave doctor", 1, "refwave doctor"},
      {"refwave config --dialog", 1, ""},
      {"refwave tune --write", 1, "tuning the clocked device"},
  };
  const std::string before = state();
  std::vector<std::string> typed;
  for (const Line& line : expected) typed.push_back(line.typed);
  ASSERT_EQ(lines(), typed);
  for (const Line& line : expected) {
    const Outcome outcome = at_prompt(line.typed);
    EXPECT_LE(outcome.status, line.worst) << line.typed << '\n' << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr(line.printed)) << line.typed;
    for (const char* others : {"PulseAudio", "PipeWire", "JACK", "ALSA", "/etc/", "libwinmm"})
      EXPECT_THAT(outcome.text, Not(HasSubstr(others))) << line.typed;
    EXPECT_EQ(fs::exists(kOldGame / "winmm.dll"), line.is_beside) << line.typed;
    EXPECT_EQ(slot(kOwn, 1).value_or("") == "refwave.drv", line.is_installed) << line.typed;
    EXPECT_EQ(state() == before, !line.is_installed) << line.typed;
  }
}

/// refwave.inf, carried out by setupapi. Its entry point reports no failure, so the result is examined.
class Inf_on_windows : public On_windows {
 protected:
  void SetUp() override {
    if (kOwn == View::bits_32) GTEST_SKIP() << "the INF installs the 64-bit command";
    On_windows::SetUp();
  }

  /// Effects: what the Explorer does on a right click.
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
  EXPECT_EQ(slot(View::bits_64, 1), "refwave.drv");
  EXPECT_EQ(slot(View::bits_32, 1), "refwave.drv");
  EXPECT_TRUE(is_from_archive(driver(View::bits_64), "x64/refwave.drv"));
  EXPECT_TRUE(is_from_archive(driver(View::bits_32), "x86/refwave32.drv"));
  for (const char* name : {"refwave.exe", "refwave.drv", "winmm.dll", "sndfile.dll"})
    EXPECT_TRUE(is_from_archive(folder_of_programs_ / name, "x64/" + std::string(name))) << name;
  carry_out("DefaultUninstall");
  EXPECT_EQ(state(), before);
  EXPECT_FALSE(has_own_key());
  EXPECT_FALSE(fs::exists(folder_of_programs_));
}

}  // namespace
}  // namespace refwave::test
