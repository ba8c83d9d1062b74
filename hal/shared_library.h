// An optional shared library. It is kept in memory until the process ends, because such libraries take
// pthread keys at each load. Only the files *_linux.cpp use this. Thread: PortAudio's.
#pragma once

#include <dlfcn.h>

namespace refwave::hal {

/// The address of a symbol, which converts to a pointer of any type; null if the library lacks it.
class Symbol {
 public:
  explicit Symbol(void* found) : found_(found) {}
  template <class Type>
  operator Type*() const {
    return reinterpret_cast<Type*>(found_);
  }

 private:
  void* found_;
};

class SharedLibrary {
 public:
  explicit SharedLibrary(const char* name) : handle_(dlopen(name, RTLD_NOW | RTLD_NODELETE)) {}
  ~SharedLibrary() {
    if (handle_ != nullptr) dlclose(handle_);
  }
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  Symbol find(const char* name) {
    void* const found = handle_ == nullptr ? nullptr : dlsym(handle_, name);
    is_complete_ = is_complete_ && found != nullptr;
    return Symbol(found);
  }
  /// Returns: whether all lookups succeeded.
  bool is_complete() const { return is_complete_; }

 private:
  void* const handle_;
  bool is_complete_ = true;
};

}  // namespace refwave::hal
