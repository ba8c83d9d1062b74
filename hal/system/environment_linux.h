// The environment of the process. An elevated program (setuid) takes nothing from the environment, which is
// that of another person. Any thread.
#pragma once

#include <cstdlib>
#include <string>

namespace refwave::hal {

/// Returns: the variable's value; empty if there is none, or if the program is elevated.
inline std::string environment_variable(const char* name) {
  const char* const value = secure_getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace refwave::hal
