#include "inf/install/machine/registry_windows.h"

#include <windows.h>

#include <algorithm>
#include <cwchar>
#include <iterator>

#include "hal/system/wide_text.h"

namespace refwave::install {
namespace {

class OpenKey {
 public:
  OpenKey() = default;
  ~OpenKey() {
    if (key_ != nullptr) RegCloseKey(key_);
  }
  OpenKey(const OpenKey&) = delete;
  OpenKey& operator=(const OpenKey&) = delete;

  HKEY get() const { return key_; }
  HKEY* address() { return &key_; }

 private:
  HKEY key_ = nullptr;
};

/// A 32-bit Windows ignores the flag.
REGSAM flag(View view) { return view == View::bits_64 ? KEY_WOW64_64KEY : KEY_WOW64_32KEY; }

std::string key_text(View view, const std::wstring& path) {
  return "HKLM\\" + hal::to_utf8(path) + (view == View::bits_64 ? " (64-bit)" : " (32-bit)");
}

Value to_value(DWORD type, const BYTE* data, DWORD size) {
  if (type != REG_SZ && type != REG_EXPAND_SZ) return {Value::Kind::other, ""};
  std::wstring text(reinterpret_cast<const wchar_t*>(data), size / sizeof(wchar_t));
  while (!text.empty() && text.back() == 0) text.pop_back();
  return {type == REG_SZ ? Value::Kind::text : Value::Kind::expandable, hal::to_utf8(text)};
}

std::string data_text(DWORD type, const std::wstring& data, DWORD bytes) {
  if (type == REG_DWORD) return std::to_string(*reinterpret_cast<const DWORD*>(data.data()));
  if (type != REG_SZ && type != REG_EXPAND_SZ && type != REG_MULTI_SZ)
    return std::to_string(bytes) + " bytes of type " + std::to_string(type);
  std::string text = hal::to_utf8(data.substr(0, bytes / sizeof(wchar_t)));
  std::ranges::replace(text, '\0', ' ');
  return std::string(hal::trimmed(text));
}

/// Returns: whether the key exists; it is then open.
bool open(View view, const std::wstring& path, REGSAM rights, OpenKey& key) {
  const LSTATUS status =
      RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, rights | flag(view), key.address());
  if (status == ERROR_FILE_NOT_FOUND) return false;
  if (status != ERROR_SUCCESS) throw system_error(key_text(view, path), static_cast<DWORD>(status));
  return true;
}

/// Returns: `pending` without the deletions of `file`. It has pairs of a file and its new name, each
/// terminated by 0; a deletion has an empty new name. One more 0 is last.
std::wstring without_deletion(const std::wstring& pending, const std::wstring& file) {
  std::wstring kept;
  for (std::size_t at = 0;;) {
    const std::size_t name_end = pending.find(L'\0', at);
    const std::size_t end = name_end == std::wstring::npos ? name_end : pending.find(L'\0', name_end + 1);
    if (end == std::wstring::npos) return kept + pending.substr(at);
    const bool is_deletion = end == name_end + 1;
    if (!is_deletion || _wcsicmp(&pending[at], file.c_str()) != 0) kept.append(pending, at, end + 1 - at);
    at = end + 1;
  }
}

}  // namespace

void cancel_deletion_at_restart(const std::wstring& path) {
  constexpr const wchar_t* kPending = L"PendingFileRenameOperations";
  OpenKey key;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Control\\Session Manager", 0,
                    KEY_QUERY_VALUE | KEY_SET_VALUE, key.address()) != ERROR_SUCCESS)
    return;
  DWORD bytes = 0;
  if (RegQueryValueExW(key.get(), kPending, nullptr, nullptr, nullptr, &bytes) != ERROR_SUCCESS) return;
  std::wstring pending(bytes / sizeof(wchar_t), L'\0');
  if (RegQueryValueExW(key.get(), kPending, nullptr, nullptr, reinterpret_cast<BYTE*>(pending.data()),
                       &bytes) != ERROR_SUCCESS)
    return;
  const std::wstring kept = without_deletion(pending, L"\\??\\" + path);
  if (kept == pending) return;
  if (kept.find_first_not_of(L'\0') == std::wstring::npos)
    RegDeleteValueW(key.get(), kPending);
  else
    RegSetValueExW(key.get(), kPending, 0, REG_MULTI_SZ, reinterpret_cast<const BYTE*>(kept.data()),
                   static_cast<DWORD>(kept.size() * sizeof(wchar_t)));
}

SystemError system_error(const std::string& what, unsigned long code) {
  return SystemError(what + ": " + hal::words_for(code));
}

SystemError last_error(const std::string& what) { return system_error(what, GetLastError()); }

std::optional<Value> RegistryKey::value(const std::string& name) const {
  OpenKey key;
  if (!open(view_, path_, KEY_QUERY_VALUE, key)) return std::nullopt;
  alignas(wchar_t) BYTE data[4096];
  DWORD size = sizeof data;
  DWORD type = 0;
  const LSTATUS status = RegQueryValueExW(key.get(), hal::to_wide(name).c_str(), nullptr, &type, data, &size);
  if (status == ERROR_FILE_NOT_FOUND) return std::nullopt;
  // No driver's name is that long.
  if (status == ERROR_MORE_DATA) return Value{Value::Kind::other, ""};
  check(status, name);
  return to_value(type, data, size);
}

std::map<std::string, std::string> RegistryKey::values() const {
  std::map<std::string, std::string> found;
  OpenKey key;
  if (!open(view_, path_, KEY_QUERY_VALUE, key)) return found;
  std::wstring name(32'768, L'\0');
  std::wstring data(32'768, L'\0');
  for (DWORD i = 0;; ++i) {
    auto length = static_cast<DWORD>(name.size());
    auto bytes = static_cast<DWORD>(data.size() * sizeof(wchar_t));
    DWORD type = 0;
    const LSTATUS status = RegEnumValueW(key.get(), i, name.data(), &length, nullptr, &type,
                                         reinterpret_cast<BYTE*>(data.data()), &bytes);
    if (status == ERROR_SUCCESS)
      found[hal::to_utf8(name.substr(0, length))] = data_text(type, data, bytes);
    else if (status != ERROR_MORE_DATA)
      return found;
  }
}

void RegistryKey::set(const std::string& name, const std::optional<Value>& value) const {
  value ? write(name, *value) : erase(name);
}

void RegistryKey::write(const std::string& name, const Value& value) const {
  OpenKey key;
  check(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path_.c_str(), 0, nullptr, 0, KEY_SET_VALUE | flag(view_),
                        nullptr, key.address(), nullptr),
        name);
  const std::wstring text = hal::to_wide(value.text);
  const DWORD type = value.kind == Value::Kind::expandable ? REG_EXPAND_SZ : REG_SZ;
  check(RegSetValueExW(key.get(), hal::to_wide(name).c_str(), 0, type,
                       reinterpret_cast<const BYTE*>(text.c_str()),
                       static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t))),
        name);
}

void RegistryKey::erase(const std::string& name) const {
  OpenKey key;
  if (!open(view_, path_, KEY_SET_VALUE, key)) return;
  const LSTATUS status = RegDeleteValueW(key.get(), hal::to_wide(name).c_str());
  if (status != ERROR_FILE_NOT_FOUND) check(status, name);
}

void RegistryKey::check(LONG status, const std::string& name) const {
  if (status != ERROR_SUCCESS)
    throw system_error(key_text(view_, path_) + ", " + name, static_cast<DWORD>(status));
}

std::vector<std::string> RegistryKey::keys() const {
  std::vector<std::string> names;
  OpenKey key;
  if (!open(view_, path_, KEY_ENUMERATE_SUB_KEYS, key)) return names;
  wchar_t name[256];  // the longest
  for (DWORD index = 0; RegEnumKeyW(key.get(), index, name, std::size(name)) == ERROR_SUCCESS; ++index)
    names.push_back(hal::to_utf8(name));
  return names;
}

RegistryKey RegistryKey::below(const std::string& name) const {
  return {view_, path_ + L"\\" + hal::to_wide(name)};
}

void RegistryKey::delete_all() const {
  const LSTATUS status = RegDeleteTreeW(HKEY_LOCAL_MACHINE, path_.c_str());
  if (status != ERROR_FILE_NOT_FOUND) check(status, "deleting it");
}

void RegistryKey::delete_if_empty() const {
  DWORD keys = 0;
  DWORD values = 0;
  {
    OpenKey key;
    if (!open(view_, path_, KEY_QUERY_VALUE, key)) return;
    RegQueryInfoKeyW(key.get(), nullptr, nullptr, nullptr, &keys, nullptr, nullptr, &values, nullptr, nullptr,
                     nullptr, nullptr);
  }
  if (keys == 0 && values == 0) RegDeleteKeyExW(HKEY_LOCAL_MACHINE, path_.c_str(), flag(view_), 0);
}

}  // namespace refwave::install
