#include "tests/support/threads.h"

#include <pthread.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace refwave::test {

std::string name_of_this_thread() {
  std::array<char, 32> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

std::size_t stack_bytes_of_this_thread() {
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  std::size_t bytes = 0;
  pthread_attr_getstacksize(&attributes, &bytes);
  pthread_attr_destroy(&attributes);
  return bytes;
}

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
