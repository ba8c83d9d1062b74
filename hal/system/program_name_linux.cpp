#include <unistd.h>

#include <array>

#include "hal/system/program_name.h"

namespace refwave::hal {

std::string program_name() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return {};
  const std::string whole(path.data(), static_cast<std::size_t>(length));
  return whole.substr(whole.find_last_of('/') + 1);
}

std::uint32_t process_number() { return static_cast<std::uint32_t>(getpid()); }

}  // namespace refwave::hal
