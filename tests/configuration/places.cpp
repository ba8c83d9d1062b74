// Prints where settings and log are said to be: two paths, or "-" where there is none. A test runs it with
// more rights than its user has.
#include <cstdio>

#include "driver/configuration/configuration.h"

// AddressSanitizer asks for its options here. LeakSanitizer cannot look into a process that has other rights.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

int main() {
  using namespace refwave::configuration;
  const std::string settings = configuration_file().path;
  const std::string log = log_from_environment().value_or("");
  std::printf("%s %s", settings.empty() ? "-" : settings.c_str(), log.empty() ? "-" : log.c_str());
}
