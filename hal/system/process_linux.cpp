#include "hal/system/process.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <string_view>

#include "hal/system/owned_thread.h"

namespace refwave::hal {
namespace {

constinit std::atomic<bool> is_at_exit{false};
constinit std::atomic<bool> is_ending{false};

/// Returns: the number in the file's first words; -1 if there is none.
std::int64_t number_in(const char* path, const char* format) noexcept {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  std::array<char, 128> text{};
  const ssize_t length = file >= 0 ? read(file, text.data(), text.size() - 1) : 0;
  if (file >= 0) close(file);
  long long number = -1;
  return length > 0 && std::sscanf(text.data(), format, &number) == 1 ? number : -1;
}

struct AtExit {
  ~AtExit() { is_at_exit = true; }
};

struct ExitAct {
  void (*act)() noexcept;
  const pid_t process = getpid();
  ~ExitAct() {
    if (getpid() == process) act();
  }
};

}  // namespace

std::string program_name() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return {};
  std::string whole(path.data(), static_cast<std::size_t>(length));
  // The kernel adds this once the file has been removed or replaced.
  constexpr std::string_view kDeleted = " (deleted)";
  if (whole.ends_with(kDeleted) && access(whole.c_str(), F_OK) != 0)
    whole.resize(whole.size() - kDeleted.size());
  return whole.substr(whole.find_last_of('/') + 1);
}

std::uint32_t process_number() { return static_cast<std::uint32_t>(getpid()); }

std::int64_t waited_for_processor_ns(std::uint32_t thread) noexcept {
  std::array<char, 64> path{"/proc/thread-self/schedstat"};
  if (thread != 0) std::snprintf(path.data(), path.size(), "/proc/self/task/%u/schedstat", thread);
  return number_in(path.data(), "%*s %lld");
}

std::int64_t pressure_ns() noexcept {
  const std::int64_t us = number_in("/proc/pressure/cpu", "some avg10=%*f avg60=%*f avg300=%*f total=%lld");
  return us < 0 ? -1 : us * 1'000;
}

void pin_module() noexcept {
  Dl_info self{};
  if (dladdr(reinterpret_cast<void*>(&pin_module), &self) == 0) return;
  // One more handle, which is never closed, and RTLD_NODELETE: the module is not unloaded even without it.
  static_cast<void>(dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE));
}

// The C++ library is a module of its own, and stays.
void forget_this_thread() noexcept {}

// Made here: loading runs no code. At exit() it is destroyed before any library, such as a winmm, is ended.
void watch_for_process_end() noexcept {
  static const AtExit at_exit;
  is_ending = false;
}

void at_process_exit(void (*act)() noexcept) noexcept { static const ExitAct at_exit{act}; }

// Not earlier: a program's static objects may outlive AtExit, and wait for their callbacks.
void note_disable() noexcept { is_ending = is_at_exit.load(); }

bool is_process_ending() noexcept { return is_ending; }

// Otherwise threads run on until the last function of the process has returned.
bool are_other_threads_killed() noexcept { return has_forked_off_threads(); }

}  // namespace refwave::hal
