#include "tests/support/private_server.h"

#include <cstdlib>

namespace refwave::test {

void PrivateServer::export_environment() const {
  for (const auto& [name, value] : environment_) {
    if (value.empty()) {
      unsetenv(name.c_str());
    } else {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
}

void PrivateServer::forget_recording_after(std::streamoff header) {
  constexpr std::streamoff kFrameBytes = 8;
  const auto bytes = static_cast<std::streamoff>(bytes_in(recorded_path()));
  heard_bytes_ = header + (bytes - header) / kFrameBytes * kFrameBytes;
}

}  // namespace refwave::test
