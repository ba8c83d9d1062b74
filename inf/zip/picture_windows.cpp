#include <windows.h>

#include <filesystem>

#include "hal/system/wide_text.h"
#include "inf/cli/console/text.h"
#include "inf/zip/trial.h"

namespace refwave::trial {
namespace {

namespace fs = std::filesystem;

std::string data_text(DWORD type, const std::wstring& data, DWORD bytes) {
  if (type == REG_DWORD) return std::to_string(*reinterpret_cast<const DWORD*>(data.data()));
  if (type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ) {
    std::string text = hal::to_utf8(data.substr(0, bytes / sizeof(wchar_t)));
    std::replace(text.begin(), text.end(), '\0', ' ');
    return std::string(hal::trimmed(text));
  }
  return std::to_string(bytes) + " bytes of type " + std::to_string(type);
}

/// Effects: adds every value of the key and of the keys below that can be read.
void add_values(HKEY root, const std::wstring& path, REGSAM view, const std::string& named,
                Picture& picture) {
  HKEY key = nullptr;
  if (RegOpenKeyExW(root, path.c_str(), 0, KEY_READ | view, &key) != ERROR_SUCCESS) return;
  std::wstring name(32'768, L'\0');
  std::wstring data(32'768, L'\0');
  for (DWORD i = 0;; ++i) {
    auto letters = static_cast<DWORD>(name.size());
    auto bytes = static_cast<DWORD>(data.size() * sizeof(wchar_t));
    DWORD type = 0;
    const LSTATUS status = RegEnumValueW(key, i, name.data(), &letters, nullptr, &type,
                                         reinterpret_cast<BYTE*>(data.data()), &bytes);
    if (status == ERROR_NO_MORE_ITEMS) break;
    if (status == ERROR_SUCCESS)
      picture.insert(named + ": " + hal::to_utf8(name.substr(0, letters)) + " = " +
                     data_text(type, data, bytes));
  }
  for (DWORD i = 0;; ++i) {
    auto letters = static_cast<DWORD>(name.size());
    if (RegEnumKeyExW(key, i, name.data(), &letters, nullptr, nullptr, nullptr, nullptr) != ERROR_SUCCESS)
      break;
    const std::wstring below = name.substr(0, letters);
    add_values(key, below, view, named + "\\" + hal::to_utf8(below), picture);
  }
  RegCloseKey(key);
}

void add_files(const std::wstring& folder, Picture& picture) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = hal::lower(cli::path_text(entry.path().filename()));
    std::string line = cli::path_text(entry.path());
    if (name.ends_with(".drv") || name.starts_with("winmm"))
      line += ", " + std::to_string(entry.file_size(error)) + " bytes, of " +
              std::to_string(entry.last_write_time(error).time_since_epoch().count());
    picture.insert(line);
  }
}

}  // namespace

Picture picture_of_system() {
  Picture picture;
  const std::wstring drivers = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Drivers32";
  add_values(HKEY_LOCAL_MACHINE, drivers, KEY_WOW64_64KEY, "Drivers32, 64 bits", picture);
  add_values(HKEY_LOCAL_MACHINE, drivers, KEY_WOW64_32KEY, "Drivers32, 32 bits", picture);
  add_values(HKEY_LOCAL_MACHINE, L"SOFTWARE\\refwave", KEY_WOW64_64KEY, "SOFTWARE\\refwave", picture);
  const std::wstring control = L"SYSTEM\\CurrentControlSet\\";
  add_values(HKEY_LOCAL_MACHINE, control + L"Enum\\ROOT\\MEDIA", 0, "Enum\\ROOT\\MEDIA", picture);
  add_values(HKEY_LOCAL_MACHINE, control + L"Control\\Class\\{4d36e96c-e325-11ce-bfc1-08002be10318}", 0,
             "Class MEDIA", picture);
  wchar_t folder[MAX_PATH];
  if (GetSystemDirectoryW(folder, MAX_PATH) != 0) add_files(folder, picture);
  if (GetSystemWow64DirectoryW(folder, MAX_PATH) != 0) add_files(folder, picture);
  return picture;
}

}  // namespace refwave::trial
