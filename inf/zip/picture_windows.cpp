#include <windows.h>

#include <filesystem>

#include "hal/system/wide_text.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/registry_windows.h"
#include "inf/zip/trial.h"

namespace refwave::trial {
namespace {

namespace fs = std::filesystem;

/// Effects: adds every value of the key and of the keys below that can be read.
void add_values(const install::RegistryKey& key, const std::string& named, Picture& picture) {
  try {
    for (const auto& [name, text] : key.values()) picture.insert(named + ": " + name + " = " + text);
    for (const std::string& name : key.keys()) add_values(key.below(name), named + "\\" + name, picture);
  } catch (const install::SystemError&) {
  }
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
  constexpr auto k64 = install::View::bits_64;
  const std::wstring drivers = L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Drivers32";
  add_values({k64, drivers}, "Drivers32, 64 bits", picture);
  add_values({install::View::bits_32, drivers}, "Drivers32, 32 bits", picture);
  add_values({k64, L"SOFTWARE\\refwave"}, "SOFTWARE\\refwave", picture);
  const std::wstring control = L"SYSTEM\\CurrentControlSet\\";
  add_values({k64, control + L"Enum\\ROOT\\MEDIA"}, "Enum\\ROOT\\MEDIA", picture);
  add_values({k64, control + L"Control\\Class\\{4d36e96c-e325-11ce-bfc1-08002be10318}"}, "Class MEDIA",
             picture);
  wchar_t folder[MAX_PATH];
  if (GetSystemDirectoryW(folder, MAX_PATH) != 0) add_files(folder, picture);
  if (GetSystemWow64DirectoryW(folder, MAX_PATH) != 0) add_files(folder, picture);
  return picture;
}

}  // namespace refwave::trial
