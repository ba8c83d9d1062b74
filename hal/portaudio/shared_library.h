// A shared library that the system may have. It stays in memory until the process ends, because such
// libraries take pthread keys at each load. Only the files *_linux.cpp use this. Thread: PortAudio's.
#pragma once

#include <dlfcn.h>

namespace refwave::hal {

class SharedLibrary {
 public:
  explicit SharedLibrary(const char* name) : handle_(dlopen(name, RTLD_NOW | RTLD_NODELETE)) {}
  ~SharedLibrary() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  /// Returns: null if there is no such library, or no such symbol in it.
  template <class Symbol>
  Symbol* find(const char* name) const {
    return handle_ == nullptr ? nullptr : reinterpret_cast<Symbol*>(dlsym(handle_, name));
  }

 private:
  void* handle_;
};

}  // namespace refwave::hal
