// Prints the paths of settings, log and driver, or "-", and the period in effect. A test runs it with more
// rights than its user has.
#include <cstdio>

#include "driver/configuration/configuration.h"
#include "inf/host/system.h"

// AddressSanitizer asks for its options here. LeakSanitizer cannot look into a process that has other rights.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

int main() {
  using namespace refwave::configuration;
  for (const std::string& place : {configuration_file().path, log_from_environment().value_or(""),
                                   refwave::host::environment("REFWAVE_DRIVER")})
    std::printf("%s ", place.empty() ? "-" : place.c_str());
  std::printf("%u", load_files().configuration.period);
}
