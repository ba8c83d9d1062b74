#include <sys/utsname.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "bench/latency/surroundings.h"
#include "driver/cli/console/platform.h"

namespace refwave::latency {
namespace {

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

/// As setlocale() chooses, but by the name alone: the locale need not be installed for the terminal to be set
/// to it.
bool names_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    std::string name = value;
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name.find("utf-8") != std::string::npos || name.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

Machine this_machine() {
  utsname name{};
  ::uname(&name);
  return {std::string(name.sysname) + " " + name.release, processor(), std::thread::hardware_concurrency()};
}

TerminalStyle output_style() {
  return {.columns = std::min<std::size_t>(cli::terminal_columns(), 200), .has_unicode = names_utf8()};
}

}  // namespace refwave::latency
