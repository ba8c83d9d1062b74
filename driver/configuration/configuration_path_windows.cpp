// REFWAVE_CONFIG (empty: nowhere), else the user's roaming folder.
// Windows documentation: "GetNamedSecurityInfoW function", "ACE_HEADER structure".
#include <windows.h>
// These want windows.h first.
#include <aclapi.h>
#include <sddl.h>

#include <optional>
#include <vector>

#include "driver/configuration/configuration_keys.h"
#include "hal/system/wide_text.h"

namespace refwave::configuration {

ConfigurationFile configuration_file() {
  const auto named = hal::environment_variable(L"REFWAVE_CONFIG");
  if (named && named->empty()) return {};
  // The user's other programs may have set the environment of an elevated process.
  if (named && !hal::is_elevated()) return {hal::to_utf8(*named), true};
  const auto folder = hal::environment_variable(L"APPDATA");
  if (!folder || folder->empty()) return {};
  return {hal::to_utf8(*folder + L"\\refwave\\refwave.toml"), false};
}

std::string program_folder() {
  const auto named = hal::environment_variable(L"REFWAVE_CONFIG");
  if (named && named->empty()) return {};
  std::vector<wchar_t> path(32'768);  // the longest of Windows
  const DWORD length = GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
  const std::string program = hal::to_utf8({path.data(), length});
  return program.substr(0, program.find_last_of("\\/") + 1);
}

namespace {

/// Returns: whether it is of administrators, of the system, or of Windows' installer.
bool is_trusted(PSID sid) {
  wchar_t* text = nullptr;
  if (ConvertSidToStringSidW(sid, &text) == FALSE) return false;
  bool trusted = false;
  for (const std::wstring_view one :
       {L"S-1-5-32-544", L"S-1-5-18", L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"})
    trusted |= text == one;
  LocalFree(text);
  return trusted;
}

bool is_open_to_others(const std::string& path) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (GetNamedSecurityInfoW(hal::to_wide(path).c_str(), SE_FILE_OBJECT,
                            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, nullptr, nullptr, nullptr,
                            nullptr, &descriptor) != ERROR_SUCCESS)
    return true;
  const bool may = may_others_write(descriptor);
  LocalFree(descriptor);
  return may;
}

}  // namespace

bool may_others_write(void* security_descriptor) {
  constexpr DWORD kToWrite = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | WRITE_DAC |
                             WRITE_OWNER | GENERIC_WRITE | GENERIC_ALL;
  PSID owner = nullptr;
  PACL list = nullptr;
  BOOL has_list = FALSE;
  BOOL is_default = FALSE;
  if (GetSecurityDescriptorOwner(security_descriptor, &owner, &is_default) == FALSE || owner == nullptr ||
      GetSecurityDescriptorDacl(security_descriptor, &has_list, &list, &is_default) == FALSE ||
      list == nullptr || !is_trusted(owner))
    return true;
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (GetAce(list, i, &entry) == FALSE) return true;
    auto* const ace = static_cast<ACCESS_ALLOWED_ACE*>(entry);
    if ((ace->Header.AceFlags & INHERIT_ONLY_ACE) != 0 || ace->Header.AceType == ACCESS_DENIED_ACE_TYPE)
      continue;
    if (ace->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) return true;
    if ((ace->Mask & kToWrite) != 0 && !is_trusted(&ace->SidStart)) return true;
  }
  return false;
}

ConfigurationFile program_configuration_file(const std::string& folder) {
  ConfigurationFile file{folder + "refwave.toml"};
  if (hal::is_elevated() && (is_open_to_others(file.path) || is_open_to_others(folder)))
    file.refused =
        ": not read, because this program has administrator rights, and others may write the file or its "
        "folder";
  return file;
}

bool may_name_files() { return !hal::is_elevated(); }

std::optional<std::string> log_from_environment() {
  const auto named = hal::environment_variable(L"REFWAVE_LOG");
  if (!named || hal::is_elevated()) return std::nullopt;
  return hal::to_utf8(*named);
}

}  // namespace refwave::configuration
