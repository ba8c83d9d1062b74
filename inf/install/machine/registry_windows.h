// Windows' registry, as far as the installer needs it: text in, text out, in either view. And Windows'
// errors, for people.
#pragma once

#include <string>

#include "inf/install/machine/machine.h"

namespace refwave::install {

/// Returns: "what: the system's words for the error".
SystemError system_error(const std::string& what, unsigned long code);

/// Returns: the same for GetLastError().
SystemError last_error(const std::string& what);

/// Effects: Windows does not delete the file at its next restart, whoever asked for that. If the registry
/// refuses, it does.
void cancel_deletion_at_restart(const std::wstring& path);

/// One key below HKEY_LOCAL_MACHINE, seen as programs of one bitness see it. Every call opens it anew.
class RegistryKey {
 public:
  RegistryKey(View view, std::wstring path) : view_(view), path_(std::move(path)) {}

  /// Returns: the value, if there is one. Errors: SystemError, here and below.
  std::optional<Value> value(const std::string& name) const;
  /// Effects: writes the value, and the key if need be; without one deletes it.
  void set(const std::string& name, const std::optional<Value>& value) const;
  /// Effects: deletes the key if nothing is in it.
  void delete_if_empty() const;

 private:
  void write(const std::string& name, const Value& value) const;
  void erase(const std::string& name) const;
  void check(long status, const std::string& name) const;

  View view_;
  std::wstring path_;
};

}  // namespace refwave::install
