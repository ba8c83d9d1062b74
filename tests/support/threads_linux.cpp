#include "tests/support/threads.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace refwave::test {

std::size_t threads_of_the_driver() {
  std::size_t count = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(thread.path() / "comm") >> std::ws, name);
    if (name.starts_with("refwave-")) ++count;
  }
  return count;
}

}  // namespace refwave::test
