#include "tests/install/windows.h"

#include <windows.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/install/executable.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

constexpr const wchar_t* kDrivers32 = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Drivers32";
constexpr const wchar_t* kOwnKey = L"SOFTWARE\\refwave";

bool is_wine() { return GetProcAddress(GetModuleHandleW(L"ntdll"), "wine_get_version") != nullptr; }

REGSAM view_of(Bitness bitness) { return bitness == Bitness::k64 ? KEY_WOW64_64KEY : KEY_WOW64_32KEY; }

std::string slot_name(int number) { return number == 0 ? "wave" : "wave" + std::to_string(number); }

HKEY drivers32(Bitness bitness) {
  HKEY key = nullptr;
  RegCreateKeyExW(HKEY_LOCAL_MACHINE, kDrivers32, 0, nullptr, 0, KEY_ALL_ACCESS | view_of(bitness), nullptr,
                  &key, nullptr);
  return key;
}

}  // namespace

void On_windows::SetUp() {
  if (!is_wine()) GTEST_SKIP() << "this test changes the system; it runs under Wine alone";
  Wow64DisableWow64FsRedirection(&redirection_);
  for (const Bitness bitness : {Bitness::k64, Bitness::k32}) {
    for (int number = 0; number < 10; ++number) set_slot(bitness, number, std::nullopt);
    set_slot(bitness, 0, "wdmaud.drv");
    fs::create_directories(system_folder(bitness));
    for (const auto& entry : fs::directory_iterator(system_folder(bitness))) {
      if (entry.path().filename().wstring().starts_with(L"refwave.drv")) fs::remove(entry.path());
    }
  }
  RegDeleteKeyExW(HKEY_LOCAL_MACHINE, kOwnKey, KEY_WOW64_64KEY, 0);
  folder_ = fs::temp_directory_path() / ("refwave install " + std::to_string(GetCurrentProcessId()));
  archive_ = folder_ / "archive";
  fs::create_directories(archive_ / part(kOwn));
  fs::create_directories(archive_ / part(kOther));
  for (const char* file : {REFWAVE_COMMAND, REFWAVE_DRIVER, REFWAVE_DROPIN, REFWAVE_SNDFILE})
    fs::copy_file(fs::path(file), archive_ / part(kOwn) / fs::path(file).filename());
  for (const char* name : {"refwave.drv", "winmm.dll"})
    write(archive_ / part(kOther) / name, executable(kOther == Bitness::k64 ? kX64 : kX86, "refwave"));
}

void On_windows::TearDown() {
  std::error_code in_use;
  fs::remove_all(folder_, in_use);
  if (redirection_ != nullptr) Wow64RevertWow64FsRedirection(redirection_);
}

// A file takes what the command prints, and no pipe: Wine starts its desktop from the first program that
// needs one, and the desktop keeps that program's end of a pipe for as long as this process lives.
Outcome On_windows::refwave(const std::string& arguments) const {
  static int count = 0;
  const fs::path printed =
      fs::temp_directory_path() /
      ("refwave printed " + std::to_string(GetCurrentProcessId()) + "." + std::to_string(++count));
  const std::wstring command = L"\"\"" + (archive_ / part(kOwn) / "refwave.exe").wstring() + L"\" " +
                               fs::path(std::u8string(arguments.begin(), arguments.end())).wstring() +
                               L" >\"" + printed.wstring() + L"\" 2>&1\"";
  const int status = _wsystem(command.c_str());
  std::string text = contents(printed);
  std::erase(text, '\r');
  std::error_code in_use;
  fs::remove(printed, in_use);
  return {status, text};
}

std::optional<std::string> On_windows::slot(Bitness bitness, int number) {
  HKEY key = drivers32(bitness);
  char text[512];
  DWORD size = sizeof text;
  const LSTATUS status =
      RegGetValueA(key, nullptr, slot_name(number).c_str(), RRF_RT_REG_SZ, nullptr, text, &size);
  RegCloseKey(key);
  return status == ERROR_SUCCESS ? std::optional<std::string>(text) : std::nullopt;
}

void On_windows::set_slot(Bitness bitness, int number, const std::optional<std::string>& text) {
  HKEY key = drivers32(bitness);
  if (text) {
    RegSetValueExA(key, slot_name(number).c_str(), 0, REG_SZ, reinterpret_cast<const BYTE*>(text->c_str()),
                   static_cast<DWORD>(text->size() + 1));
  } else {
    RegDeleteValueA(key, slot_name(number).c_str());
  }
  RegCloseKey(key);
}

std::string On_windows::state() {
  std::string text;
  for (const Bitness bitness : {Bitness::k64, Bitness::k32}) {
    for (int number = 0; number < 10; ++number)
      text += slot_name(number) + "=" + slot(bitness, number).value_or("(free)") + "\n";
    for (const auto& entry : fs::directory_iterator(system_folder(bitness))) {
      if (entry.path().filename().wstring().starts_with(L"refwave.drv"))
        text += entry.path().string() + " " +
                std::to_string(entry.is_regular_file() ? entry.file_size() : 0) + "\n";
    }
  }
  return text;
}

bool On_windows::has_own_key() {
  HKEY key = nullptr;
  const LSTATUS status =
      RegOpenKeyExW(HKEY_LOCAL_MACHINE, kOwnKey, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
  if (status == ERROR_SUCCESS) RegCloseKey(key);
  return status == ERROR_SUCCESS;
}

fs::path On_windows::system_folder(Bitness bitness) {
  wchar_t path[MAX_PATH];
  const UINT length =
      (bitness == Bitness::k64 ? GetSystemDirectoryW : GetSystemWow64DirectoryW)(path, MAX_PATH);
  return std::wstring(path, length);
}

std::string On_windows::contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool On_windows::is_from_archive(const fs::path& path, const std::string& name) const {
  return fs::is_regular_file(path) && contents(path) == contents(archive_ / name);
}

void On_windows::write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace refwave::test
