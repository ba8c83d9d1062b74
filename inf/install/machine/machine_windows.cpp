// Drivers32 in both views of the registry, the system folders, and refwave's own key.
#include "inf/install/machine/machine.h"

#include <windows.h>
// shellapi.h wants windows.h first.
#include <shellapi.h>

#include <algorithm>
#include <cstdio>

#include "hal/system/wide_text.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/machine/device_windows.h"
#include "inf/install/machine/registry_windows.h"
#include "inf/install/picture/look.h"
#include "inf/install/picture/slots.h"

namespace refwave::install {
namespace {

namespace fs = std::filesystem;

/// While it exists, a 32-bit process on 64-bit Windows is not redirected from System32 to SysWOW64. It may be
/// unable to load a DLL then, so there is one around single calls.
class TrueSystemFolder {
 public:
  TrueSystemFolder() : redirected_(Wow64DisableWow64FsRedirection(&before_) != 0) {}
  ~TrueSystemFolder() {
    if (redirected_) Wow64RevertWow64FsRedirection(before_);
  }
  TrueSystemFolder(const TrueSystemFolder&) = delete;
  TrueSystemFolder& operator=(const TrueSystemFolder&) = delete;

 private:
  void* before_ = nullptr;
  bool redirected_;
};

bool is_64_bit_windows() {
  SYSTEM_INFO info = {};
  GetNativeSystemInfo(&info);
  return info.wProcessorArchitecture != PROCESSOR_ARCHITECTURE_INTEL;
}

/// Returns: whether the processor is an ARM64, which otherwise reports the emulated x64 or x86.
bool is_arm64() {
  using Ask = BOOL(WINAPI*)(HANDLE, USHORT*, USHORT*);
  const auto ask = reinterpret_cast<Ask>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"kernel32"), "IsWow64Process2")));
  USHORT process = 0;
  USHORT native = 0;
  return ask != nullptr && ask(GetCurrentProcess(), &process, &native) && native == IMAGE_FILE_MACHINE_ARM64;
}

template <class Get>
fs::path folder_from(Get get) {
  wchar_t path[MAX_PATH];
  const UINT length = get(path, static_cast<UINT>(std::size(path)));
  return length < std::size(path) ? fs::path(std::wstring(path, length)) : fs::path();
}

/// Returns: the system folder whose DLLs programs of that bitness load.
fs::path system_folder(View view) {
  return folder_from(view == View::bits_32 && is_64_bit_windows() ? GetSystemWow64DirectoryW
                                                                  : GetSystemDirectoryW);
}

RegistryKey drivers32(View view) {
  return {view, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Drivers32"};
}

/// Returns: refwave's own key, or below it that of another's driver.
RegistryKey record_key(const std::string& driver) {
  const std::wstring below = driver == kDriverName ? L"" : L"\\" + hal::to_wide(driver);
  return {is_64_bit_windows() ? View::bits_64 : View::bits_32, L"SOFTWARE\\refwave" + below};
}

/// Effects: makes the file one that can be deleted. Files of an archive or a medium may be read-only, and
/// copies of them are.
void make_writable(const std::wstring& file) {
  const DWORD attributes = GetFileAttributesW(file.c_str());
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_READONLY) != 0)
    SetFileAttributesW(file.c_str(), attributes & ~static_cast<DWORD>(FILE_ATTRIBUTE_READONLY));
}

class Windows : public System {
 public:
  explicit Windows(std::string driver) : driver_(std::move(driver)) {}

  void set_value(View view, std::size_t slot, const std::optional<Value>& value) override {
    drivers32(view).set(slot_name(slot), value);
  }
  void set_record(const std::optional<Record>& record) override;
  void set_device(const std::optional<Device>& device) override { install::set_device(driver_, device); }
  void move_file(const std::string& from, const std::string& to) override {
    const TrueSystemFolder true_system_folder;
    if (!MoveFileExW(hal::to_wide(from).c_str(), hal::to_wide(to).c_str(), 0))
      throw last_error("rename " + from + " to " + to);
  }
  void copy_file(const std::string& from, const std::string& to) override {
    const TrueSystemFolder true_system_folder;
    if (!CopyFileW(hal::to_wide(from).c_str(), hal::to_wide(to).c_str(), TRUE))
      throw last_error("copy " + from + " to " + to);
  }
  void delete_file(const std::string& path) override {
    const TrueSystemFolder true_system_folder;
    const std::wstring name = hal::to_wide(path);
    make_writable(name);
    if (!DeleteFileW(name.c_str())) {
      const DWORD why = GetLastError();
      if (!RemoveDirectoryW(name.c_str())) throw system_error("delete " + path, why);
    }
    cancel_deletion_at_restart(name);
  }
  void delete_at_restart(const std::string& path) override {
    const TrueSystemFolder true_system_folder;
    const std::wstring name = hal::to_wide(path);
    cancel_deletion_at_restart(name);
    if (!MoveFileExW(name.c_str(), nullptr, MOVEFILE_DELAY_UNTIL_REBOOT))
      throw last_error("delete " + path + " at the next restart");
  }

 private:
  std::string driver_;
};

ViewState look_at_view(View view, const std::string& name, const fs::path& source) {
  ViewState state;
  state.view = view;
  for (std::size_t slot = 0; slot < kSlots; ++slot)
    state.slots[slot] = drivers32(view).value(slot_name(slot));
  const fs::path path = system_folder(view) / name;
  const TrueSystemFolder true_system_folder;
  state.driver = look_at(path, source);
  const std::optional<ProgramFile> there = read_program_file(path);
  state.driver.is_for_others =
      state.driver.content == File::Content::ours && there->architecture != architecture_of(view);
  return state;
}

std::optional<Record> read_record(const std::string& driver) {
  NamedValues values;
  for (const std::string& name : record_names()) {
    if (const std::optional<Value> value = record_key(driver).value(name)) values[name] = *value;
  }
  return values.empty() ? std::nullopt : std::optional(from_values(values));
}

void Windows::set_record(const std::optional<Record>& record) {
  const RegistryKey key = record_key(driver_);
  const NamedValues values = to_values(record.value_or(Record()));
  for (const auto& [name, value] : values) key.set(name, value);
  for (const std::string& name : record_names()) {
    if (!values.contains(name)) key.set(name, std::nullopt);
  }
  key.delete_if_empty();
  record_key(kDriverName).delete_if_empty();
}

}  // namespace

Snapshot look_at_this_machine(const fs::path& command_folder, const DriverFiles& driver) {
  Snapshot snapshot;
  snapshot.name = driver.name;
  const bool is_refwave = driver.name == kDriverName;
  for (const View view : {View::bits_64, View::bits_32}) {
    if (view == View::bits_64 && !is_64_bit_windows()) continue;
    const auto file = driver.files.find(view);
    const fs::path source = is_refwave                   ? find_source(command_folder, kDriverName, view)
                            : file != driver.files.end() ? file->second
                                                         : fs::path();
    snapshot.views.push_back(look_at_view(view, driver.name, source));
  }
  look_at_device(driver.name, snapshot);
  snapshot.record = read_record(driver.name);
  if (!is_refwave) {
    judge_by_record(snapshot);
    return snapshot;
  }
  const fs::path folder = fs::path(hal::environment_variable(L"ProgramFiles").value_or(L"")) / "refwave";
  std::error_code error;
  if (folder.is_absolute() && fs::is_directory(folder, error) && fs::is_empty(folder, error))
    snapshot.empty_folder = cli::path_text(folder);
  if (is_arm64())
    snapshot.remarks.emplace_back("on ARM64, refwave serves emulated x64 and x86 programs at best; untested");
  return snapshot;
}

std::vector<std::string> other_drivers() { return record_key(kDriverName).keys(); }

std::unique_ptr<System> this_machine(const std::string& driver) { return std::make_unique<Windows>(driver); }

bool is_system_folder(const fs::path& folder) {
  std::error_code error;
  const fs::path windows = folder_from(GetWindowsDirectoryW);
  // A 32-bit process sees the 64-bit one as Sysnative.
  for (const fs::path& system :
       {system_folder(View::bits_64), system_folder(View::bits_32), windows / "Sysnative", windows}) {
    if (!system.empty() && fs::equivalent(folder, system, error)) return true;
  }
  return false;
}

bool is_winmm_known() {
  const RegistryKey known(View::bits_64, L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\KnownDLLs");
  return std::ranges::any_of(known.values(),
                             [](const auto& value) { return cli::lower(value.second) == "winmm.dll"; });
}

bool is_wine() { return GetProcAddress(GetModuleHandleW(L"ntdll"), "wine_get_version") != nullptr; }

bool may_write(const fs::path& folder) {
  const fs::path probe = folder / ("refwave-probe-" + std::to_string(GetCurrentProcessId()));
  const HANDLE file = CreateFileW(probe.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                  FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  if (file == INVALID_HANDLE_VALUE) return false;
  CloseHandle(file);
  return true;
}

bool has_administrator_rights() { return hal::has_administrator_rights(); }

bool is_interactive() {
  DWORD mode = 0;
  return GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != 0;
}

std::filesystem::path name_for_administrators(const std::filesystem::path& path) {
  // FILE_FLAG_BACKUP_SEMANTICS opens folders, too.
  const HANDLE file = CreateFileW(path.c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  if (file == INVALID_HANDLE_VALUE) return path;
  std::wstring name(32'768, L'\0');
  const DWORD length = GetFinalPathNameByHandleW(file, name.data(), static_cast<DWORD>(name.size()), 0);
  CloseHandle(file);
  if (length == 0 || length >= name.size()) return path;
  name.resize(length);
  return without_prefix(name);
}

std::optional<int> run_elevated(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = arguments;
  all.insert(all.end(), {"--console", std::to_string(GetCurrentProcessId())});
  const std::wstring line = hal::to_wide(line_of(all));
  const std::wstring path = name_for_administrators(cli::program_file()).wstring();
  SHELLEXECUTEINFOW request = {};
  request.cbSize = sizeof request;
  request.fMask = SEE_MASK_NOCLOSEPROCESS;
  request.lpVerb = L"runas";
  request.lpFile = path.c_str();
  request.lpParameters = line.c_str();
  request.nShow = SW_HIDE;
  if (!ShellExecuteExW(&request)) {
    if (GetLastError() == ERROR_CANCELLED) return std::nullopt;
    throw last_error("asking for administrator's rights");
  }
  DWORD status = 1;
  WaitForSingleObject(request.hProcess, INFINITE);
  GetExitCodeProcess(request.hProcess, &status);
  CloseHandle(request.hProcess);
  return static_cast<int>(status);
}

void print_into_console_of(unsigned long id) {
  FreeConsole();
  if (!AttachConsole(id)) return;
  for (std::FILE* stream : {stdout, stderr}) {
    if (std::freopen("CONOUT$", "w", stream) == nullptr) return;
  }
}

}  // namespace refwave::install
