// Replaces functions that hal calls. The linker redirects (--wrap in tests/hal/CMakeLists.txt) dlopen() and
// dlsym(), and so all that hal finds in libraries, and the functions that replacement.cpp names.
#pragma once

#include <string>

namespace refwave::test {

/// While it lives, hal calls another function, on any thread.
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

/// While it lives, no library has that file name, and no symbol has that name.
class Missing : public Replacement {
 public:
  explicit Missing(std::string name) : Replacement(std::move(name), nullptr) {}
};

/// Returns: the symbol in that library, which stays loaded.
void* in_library(const char* library, const char* name);
template <class Function>
Function* function_in(const char* library, const char* name) {
  return reinterpret_cast<Function*>(in_library(library, name));
}

}  // namespace refwave::test
