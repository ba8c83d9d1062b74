#include "tests/hal/refusals/replacement.h"

#include <dlfcn.h>
#include <portaudio.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace refwave::test {
namespace {

std::mutex mutex;  // of the table, which tests change while hal's threads read it

std::map<std::string, void*, std::less<>>& table() {
  static auto* const all = new std::map<std::string, void*, std::less<>>;  // libraries look at it to the end
  return *all;
}

/// Returns: the replacement of that name, null if the name is to be missing; nullopt if there is none.
std::optional<void*> in_place_of(std::string_view name) {
  const std::lock_guard lock(mutex);
  const auto found = table().find(name);
  return found == table().end() ? std::optional<void*>() : found->second;
}

template <class Result, class... Arguments>
Result call(const char* name, Result (*real)(Arguments...), Arguments... arguments) {
  if (const auto other = in_place_of(name)) real = reinterpret_cast<Result (*)(Arguments...)>(*other);
  return real(arguments...);
}

}  // namespace

Replacement::Replacement(std::string name, void* in_its_place) : name_(std::move(name)) {
  const std::lock_guard lock(mutex);
  table()[name_] = in_its_place;
}

Replacement::~Replacement() {
  const std::lock_guard lock(mutex);
  table().erase(name_);
}

}  // namespace refwave::test

using refwave::test::call;
using refwave::test::in_place_of;

// The real functions: the linker's names, which are reserved, under others.
extern "C" {
decltype(dlopen) real_dlopen asm("__real_dlopen");
decltype(dlsym) real_dlsym asm("__real_dlsym");
decltype(getrlimit) real_getrlimit asm("__real_getrlimit");
decltype(pthread_create) real_pthread_create asm("__real_pthread_create");
decltype(sched_getaffinity) real_getaffinity asm("__real_sched_getaffinity");
decltype(sched_getcpu) real_getcpu asm("__real_sched_getcpu");
decltype(sched_setaffinity) real_setaffinity asm("__real_sched_setaffinity");
decltype(sched_setscheduler) real_setscheduler asm("__real_sched_setscheduler");
decltype(Pa_Initialize) real_initialize asm("__real_Pa_Initialize");
decltype(Pa_StartStream) real_start asm("__real_Pa_StartStream");
decltype(Pa_StopStream) real_stop asm("__real_Pa_StopStream");
decltype(Pa_IsStreamActive) real_is_active asm("__real_Pa_IsStreamActive");
decltype(Pa_GetLastHostErrorInfo) real_host_error asm("__real_Pa_GetLastHostErrorInfo");
decltype(fseek) real_seek asm("__real_fseek");
decltype(fseeko) real_seek_far asm("__real_fseeko");

void* __wrap_dlopen(const char* library, int flags) noexcept {
  return library != nullptr && in_place_of(library) ? nullptr : real_dlopen(library, flags);
}
void* __wrap_dlsym(void* library, const char* name) noexcept {
  const auto other = in_place_of(name);
  return other ? *other : real_dlsym(library, name);
}
int __wrap_getrlimit(__rlimit_resource_t resource, rlimit* limit) noexcept {
  return call("getrlimit", real_getrlimit, resource, limit);
}
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                          void* argument) noexcept {
  return call("pthread_create", real_pthread_create, thread, attributes, body, argument);
}
int __wrap_sched_getaffinity(pid_t thread, std::size_t bytes, cpu_set_t* set) noexcept {
  return call("sched_getaffinity", real_getaffinity, thread, bytes, set);
}
int __wrap_sched_getcpu() noexcept { return call("sched_getcpu", real_getcpu); }
int __wrap_sched_setaffinity(pid_t thread, std::size_t bytes, const cpu_set_t* set) noexcept {
  return call("sched_setaffinity", real_setaffinity, thread, bytes, set);
}
int __wrap_sched_setscheduler(pid_t thread, int policy, const sched_param* parameters) noexcept {
  return call("sched_setscheduler", real_setscheduler, thread, policy, parameters);
}
PaError __wrap_Pa_Initialize() { return call("Pa_Initialize", real_initialize); }
PaError __wrap_Pa_StartStream(PaStream* stream) { return call("Pa_StartStream", real_start, stream); }
PaError __wrap_Pa_StopStream(PaStream* stream) { return call("Pa_StopStream", real_stop, stream); }
PaError __wrap_Pa_IsStreamActive(PaStream* stream) {
  return call("Pa_IsStreamActive", real_is_active, stream);
}
const PaHostErrorInfo* __wrap_Pa_GetLastHostErrorInfo() {
  return call("Pa_GetLastHostErrorInfo", real_host_error);
}
int __wrap_fseek(FILE* file, long place, int from) { return call("fseek", real_seek, file, place, from); }
int __wrap_fseeko(FILE* file, off_t place, int from) {
  return call("fseeko", real_seek_far, file, place, from);
}
}

void* refwave::test::in_library(const char* library, const char* name) {
  void* const opened = real_dlopen(library, RTLD_NOW | RTLD_NODELETE);
  return opened == nullptr ? nullptr : real_dlsym(opened, name);
}
