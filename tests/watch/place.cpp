// Prints whether this process may have a record, or why not. A test runs it with more rights than its user
// has.
#include <cstdio>

#include "driver/watch/place.h"

// AddressSanitizer asks for its options here. LeakSanitizer cannot look into a process that has other rights.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

int main() {
  std::string reason;
  std::puts(refwave::watch::make_place(reason) ? "a record" : reason.c_str());
}
