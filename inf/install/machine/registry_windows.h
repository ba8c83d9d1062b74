// The installer's access to Windows' registry, in either view; and Windows' errors as text.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "inf/install/machine/machine.h"

namespace refwave::install {

/// Returns: "what: the system's words for the error".
SystemError system_error(const std::string& what, unsigned long code);

/// Returns: the same for GetLastError().
SystemError last_error(const std::string& what);

/// Effects: cancels any deletion of the file at Windows' next restart, if the registry permits.
void cancel_deletion_at_restart(const std::wstring& path);

/// One key below HKEY_LOCAL_MACHINE, in the view of one bitness. Each call reopens it.
class RegistryKey {
 public:
  RegistryKey(View view, std::wstring path) : view_(view), path_(std::move(path)) {}

  /// Returns: the value, if there is one. Errors: SystemError, here and below.
  std::optional<Value> value(const std::string& name) const;
  /// Returns: all values that can be read, as text, by name.
  std::map<std::string, std::string> values() const;
  /// Effects: writes the value, creating the key if need be; nothing: deletes it.
  void set(const std::string& name, const std::optional<Value>& value) const;
  /// Returns: the names of the keys in it.
  std::vector<std::string> keys() const;
  /// Returns: one of these.
  RegistryKey below(const std::string& name) const;
  void delete_if_empty() const;
  /// Effects: deletes it and all keys in it. Both views must share it.
  void delete_all() const;

 private:
  void write(const std::string& name, const Value& value) const;
  void erase(const std::string& name) const;
  void check(long status, const std::string& name) const;

  View view_;
  std::wstring path_;
};

}  // namespace refwave::install
