#include "bench/conform/jobs/where_linux.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "bench/conform/jobs/job_process.h"

namespace refwave::conform {
namespace {

int places_go_to = -1;
alignas(16) char crash_stack[64 * 1024];  // of the main thread, whose own may have overflowed

bool is_of_the_system(const char* module) {
  for (const char* name : {"/libc.so", "/ld-linux", "/libstdc++", "/libgcc_s", "vdso"})
    if (std::strstr(module, name) != nullptr) return true;
  return false;
}

/// Effects: writes the innermost places outside the system's libraries and this command, or else the
/// innermost one. The first two frames are this function and the return from the signal.
void write_place(int signal, siginfo_t* info, void*) {
  void* frames[64];
  const int count = backtrace(frames, 64);
  Dl_info here{}, module{}, other{};
  dladdr(reinterpret_cast<void*>(&write_place), &here);
  void* places[8] = {};
  std::size_t found = 0;
  for (int i = 2; i < count && found < std::size(places); ++i) {
    if (dladdr(frames[i], &other) == 0) continue;
    const bool is_drivers = other.dli_fbase != here.dli_fbase && !is_of_the_system(other.dli_fname);
    if (found == 0 ? !is_drivers : other.dli_fbase != module.dli_fbase) continue;
    module = other;
    places[found++] = frames[i];
  }
  if (found == 0 && count > 2) {
    places[found++] = frames[2];
    dladdr(frames[2], &module);
  }
  const bool has_address = signal == SIGSEGV || signal == SIGBUS;
  char line[1024];
  auto length = static_cast<std::size_t>(std::snprintf(
      line, 800, "%c%d %zx %s\t", kPlaceMark, gettid(),
      has_address ? reinterpret_cast<std::size_t>(info->si_addr) : std::size_t{1}, module.dli_fname));
  for (std::size_t i = 0; i < found; ++i)
    length += static_cast<std::size_t>(std::snprintf(
        line + length, 20, " %zx",
        reinterpret_cast<std::uintptr_t>(places[i]) - reinterpret_cast<std::uintptr_t>(module.dli_fbase)));
  line[length++] = '\n';
  if (write(places_go_to, line, length) < 0) return;
}

/// Returns: the first lines that a command prints.
std::vector<std::string> printed_by(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::vector<std::string> lines;
  char line[512];
  while (pipe && std::fgets(line, sizeof(line), pipe.get()) != nullptr)
    lines.emplace_back(line, std::strcspn(line, "\n"));
  return lines;
}

std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// Returns: "write, driver.cpp:112", the innermost that is not of the standard library; or without symbols or
/// binutils "driver.drv+0x1a2b".
std::string place_text(const std::string& module, const std::string& offsets) {
  const auto lines = printed_by("addr2line -Cfse " + quoted(module) + offsets + " 2>/dev/null");
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2)
    if (!lines[i + 1].starts_with("??") && lines[i].find("std::") == std::string::npos)
      return lines[i] + ", " + lines[i + 1].substr(0, lines[i + 1].find(" (discriminator"));
  std::string innermost;
  std::istringstream(offsets) >> innermost;
  return std::filesystem::path(module).filename().string() + "+0x" + innermost;
}

}  // namespace

void report_places_to(int pipe) {
  places_go_to = pipe;
  void* frame[1];
  backtrace(frame, 1);  // loads its library now
  stack_t stack{};
  stack.ss_sp = crash_stack;
  stack.ss_size = sizeof(crash_stack);
  sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT}) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_DFL) continue;
    action.sa_sigaction = write_place;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    // A crash is repeated when the handler returns, and ends the process.
    if (signal != SIGQUIT) action.sa_flags |= static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

void ask_for_places(pid_t process) {
  std::error_code error;
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", error))
    syscall(SYS_tgkill, process, std::stoi(thread.path().filename()), SIGQUIT);
}

std::string places_in(const std::string& report, pid_t process) {
  std::vector<std::string> places;
  std::istringstream lines(report.substr(std::min(report.find(kPlaceMark), report.size())));
  for (std::string line; places.size() < 4 && std::getline(lines, line);) {
    std::istringstream words(line.substr(1));
    std::string thread, address, module, offsets, name;
    words >> thread >> address >> std::ws;
    std::getline(words, module, '\t');
    std::getline(words, offsets);
    std::ifstream("/proc/" + std::to_string(process) + "/task/" + thread + "/comm") >> name;
    std::string text = "in " + place_text(module, offsets);
    if (address != "1") text += ", address 0x" + address;
    places.push_back(name.empty() ? text : name + " " + text);
  }
  std::string text;
  for (const std::string& place : places) text += (text.empty() ? "" : "; ") + place;
  return text;
}

}  // namespace refwave::conform
