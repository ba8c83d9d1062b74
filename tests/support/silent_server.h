// A server that listens on a Unix socket and never answers.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace refwave::test {

class SilentServer {
 public:
  /// `clients`: how many may connect.
  explicit SilentServer(const std::filesystem::path& path, int clients = 1)
      : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path.string(), address.sun_path);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(descriptor_, clients - 1), 0);
  }
  bool is_asked() const {
    pollfd state{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return poll(&state, 1, 0) == 1;
  }
  ~SilentServer() { close(descriptor_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace refwave::test
