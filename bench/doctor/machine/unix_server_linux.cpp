#include "bench/doctor/machine/unix_server_linux.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace refwave::doctor {

// The socket does not block, because the connection queue of a stopped server may be full.
UnixServer::UnixServer(const std::string& path)
    : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (descriptor_ < 0 || path.size() >= sizeof address.sun_path) {
    error_ = ENAMETOOLONG;
    return;
  }
  std::ranges::copy(path, address.sun_path);
  connected_ = connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (!connected_) error_ = errno;
}

UnixServer::~UnixServer() {
  if (descriptor_ >= 0) close(descriptor_);
}

pid_t UnixServer::process() const {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (!connected_ || getsockopt(descriptor_, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) return 0;
  return peer.pid;
}

bool UnixServer::is_ready(short events) const {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now()).count();
  pollfd wanted{descriptor_, events, 0};
  return left > 0 && poll(&wanted, 1, static_cast<int>(left)) == 1;
}

bool UnixServer::send(const std::string& bytes) const {
  if (!connected_ || !is_ready(POLLOUT)) return false;
  return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::optional<std::string> UnixServer::receive(std::size_t bytes) const {
  std::string text(bytes, '\0');
  for (std::size_t have = 0; have < bytes;) {
    if (!is_ready(POLLIN)) return std::nullopt;
    const ssize_t got = recv(descriptor_, text.data() + have, bytes - have, 0);
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return text;
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool is_stopped(pid_t process) {
  const std::string status = first_line("/proc/" + std::to_string(process) + "/stat");
  // The process's name stands in parentheses and may hold any character, so the last parenthesis ends it.
  const std::size_t end = status.rfind(") ");
  if (end == std::string::npos || end + 2 >= status.size()) return false;
  return status[end + 2] == 'T' || status[end + 2] == 't';
}

}  // namespace refwave::doctor
