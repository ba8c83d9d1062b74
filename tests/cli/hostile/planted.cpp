// A library that prints when it is loaded. A test gives it the names of libraries that refwave needs.
#include <unistd.h>

namespace {

[[gnu::constructor]] void tell() {
  [[maybe_unused]] const ssize_t told = ::write(STDERR_FILENO, "planted\n", 8);
}

}  // namespace
