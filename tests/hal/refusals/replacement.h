// What the system and other people's libraries refuse to hal because a test says so. The linker sends hal's
// calls of some functions to replacement.cpp (--wrap in tests/hal/CMakeLists.txt): of dlopen() and dlsym(),
// and so of all that hal finds in libraries, and of the functions that replacement.cpp names.
#pragma once

#include <string>

namespace refwave::test {

/// As long as it lives, hal calls another function. Any thread may call it.
class Replacement {
 public:
  /// `name`: of a function, or of anything else that a library has. `in_its_place`: of the same type.
  Replacement(std::string name, void* in_its_place);
  template <class Result, class... Arguments>
  Replacement(std::string name, Result (*in_its_place)(Arguments...))
      : Replacement(std::move(name), reinterpret_cast<void*>(in_its_place)) {}
  ~Replacement();
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

 private:
  const std::string name_;
};

/// As long as it lives, there is no library of that file name, or nothing of that name in any library.
class Missing : public Replacement {
 public:
  explicit Missing(std::string name) : Replacement(std::move(name), nullptr) {}
};

/// Returns: what a library of this process has under that name. The library stays in memory.
void* in_library(const char* library, const char* name);
template <class Function>
Function* function_in(const char* library, const char* name) {
  return reinterpret_cast<Function*>(in_library(library, name));
}

}  // namespace refwave::test
