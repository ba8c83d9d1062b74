#include "bench/conform/jobs/where_linux.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <limits.h>
#include <sys/prctl.h>
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

bool is_of_the_system(const std::string& module) {
  for (const char* name : {"/libc.so", "/ld-linux", "/libstdc++", "/libgcc_s", "vdso"})
    if (module.find(name) != std::string::npos) return true;
  return false;
}

/// Leaves out the frames of this command, and the first two: this function and the return from the signal.
void write_place(int signal, siginfo_t* info, void*) {
  void* frames[24];
  const int count = backtrace(frames, 24);
  Dl_info here{}, module{};
  dladdr(reinterpret_cast<void*>(&write_place), &here);
  char name[16] = "";
  prctl(PR_GET_NAME, name);
  const bool has_address = signal == SIGSEGV || signal == SIGBUS;
  char line[PIPE_BUF];  // written at once, so that no other thread's lies in between
  int length = std::snprintf(line, sizeof(line), "%c%s\t%zx", kPlaceMark, name,
                             has_address ? reinterpret_cast<std::size_t>(info->si_addr) : std::size_t{1});
  for (int i = 2; i < count; ++i) {
    if (dladdr(frames[i], &module) == 0 || module.dli_fbase == here.dli_fbase) continue;
    const std::size_t room = sizeof(line) - static_cast<std::size_t>(length) - 1;
    const int more = std::snprintf(
        line + length, room, "\t%s\t%zx", module.dli_fname,
        reinterpret_cast<std::uintptr_t>(frames[i]) - reinterpret_cast<std::uintptr_t>(module.dli_fbase));
    if (static_cast<std::size_t>(more) >= room) break;
    length += more;
  }
  line[length++] = '\n';
  if (write(places_go_to, line, static_cast<std::size_t>(length)) < 0) return;
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

std::string places_in(const std::string& lines) {
  std::vector<std::string> names, places;
  std::istringstream stream(lines);
  for (std::string line; places.size() < 4 && std::getline(stream, line);) {
    std::istringstream words(line.substr(1));
    std::string address, frame, offset, module, offsets;
    std::getline(words, names.emplace_back(), '\t');
    std::getline(words, address, '\t');
    // The innermost place outside the system's libraries, or else the innermost one.
    while (std::getline(words, frame, '\t') && std::getline(words, offset, '\t')) {
      if (module.empty() || (is_of_the_system(module) && !is_of_the_system(frame))) {
        module = frame;
        offsets.clear();
      }
      if (frame == module) offsets += " " + offset;
    }
    places.push_back("in " + place_text(module, offsets) + (address == "1" ? "" : ", address 0x" + address));
  }
  if (places.size() == 1) return places[0];
  std::string text;
  for (std::size_t i = 0; i < places.size(); ++i)
    text.append(i == 0 ? "" : "; ").append(names[i]).append(" ").append(places[i]);
  return text;
}

}  // namespace refwave::conform
