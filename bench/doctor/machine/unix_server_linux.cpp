// The question for a server's version, in two protocols. A message of PulseAudio is a frame of five
// big-endian words, and tagged values after it. A message of PipeWire is a header of four words, and a
// structure of aligned values after it, all in the machine's own byte order.
#include "bench/doctor/machine/unix_server_linux.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>

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

namespace {

constexpr std::size_t kLongestAnswer = 1 << 20;

// --- PulseAudio ---

constexpr std::uint32_t kError = 0, kReply = 2, kAuthenticate = 8, kGetServerInfo = 20;
constexpr std::uint32_t kProtocol = 32;
constexpr std::uint32_t kNoChannel = 0xFFFF'FFFF;
constexpr std::size_t kCookieBytes = 256;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string tagged(std::uint32_t value) { return "L" + big_endian(value); }

std::string frame(const std::string& payload) {
  std::string bytes = big_endian(static_cast<std::uint32_t>(payload.size())) + big_endian(kNoChannel);
  for (int i = 0; i < 3; ++i) bytes += big_endian(0);
  return bytes + payload;
}

/// Returns: the payload of the next message; empty if none came.
std::string next_payload(const UnixServer& server) {
  const auto head = server.receive(20);
  if (!head) return {};
  const std::uint32_t bytes = big_endian(*head);
  return bytes == 0 || bytes > kLongestAnswer ? std::string() : server.receive(bytes).value_or("");
}

/// Returns: the command of a payload; kError if it is none.
std::uint32_t command_of(const std::string& payload) {
  return payload.size() >= 10 && payload[0] == 'L' ? big_endian(std::string_view(payload).substr(1)) : kError;
}

/// Returns: the string with the tag 't' at `at`. Effects: moves `at` to the place after it.
std::string take_text(const std::string& payload, std::size_t& at) {
  if (at >= payload.size() || payload[at] != 't') return {};
  const std::size_t end = std::min(payload.find('\0', at), payload.size());
  std::string text = payload.substr(at + 1, end - at - 1);
  at = end + 1;
  return text;
}

// --- PipeWire ---

constexpr std::uint32_t kTypeInt = 4, kTypeText = 8, kTypeStruct = 14;
constexpr std::uint32_t kCore = 0, kHello = 1, kCoreVersion = 3;

std::string words(std::initializer_list<std::uint32_t> values) {
  std::string bytes;
  for (const std::uint32_t value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

std::uint32_t word(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// Returns: the n-th text of a structure, counted from 0.
std::string nth_text(std::string_view body, std::size_t n) {
  if (word(body, 4) != kTypeStruct) return {};
  for (std::size_t at = 8; at + 8 <= body.size();) {
    const std::size_t bytes = word(body, at);
    if (word(body, at + 4) == kTypeText && n-- == 0 && bytes > 0)
      return std::string(body.substr(at + 8, std::min(bytes, body.size() - at - 8) - 1));
    at += 8 + (bytes + 7) / 8 * 8;
  }
  return {};
}

}  // namespace

Answer ask_pulseaudio(const UnixServer& server, const std::string& cookie) {
  std::string shown = cookie;
  // Without a cookie the server may still recognise this user by the socket.
  shown.resize(kCookieBytes);
  const std::string bytes = "x" + big_endian(kCookieBytes) + shown;
  if (!server.send(frame(tagged(kAuthenticate) + tagged(0) + tagged(kProtocol) + bytes))) return {};
  const std::string welcome = next_payload(server);
  if (welcome.empty()) return {};
  if (command_of(welcome) != kReply) return {true, true, {}};
  if (!server.send(frame(tagged(kGetServerInfo) + tagged(1)))) return {};
  for (std::string payload = next_payload(server); !payload.empty(); payload = next_payload(server)) {
    if (command_of(payload) != kReply) continue;
    std::size_t at = 10;
    const std::string name = take_text(payload, at);
    const std::string version = take_text(payload, at);
    constexpr std::string_view kOn = "(on ";
    // "PulseAudio (on PipeWire 0.3.65)" is PipeWire in PulseAudio's place.
    const std::size_t on = name.find(kOn);
    return {true, false, on == std::string::npos ? version : version + " " + name.substr(on)};
  }
  return {};
}

Answer ask_pipewire(const UnixServer& server) {
  const std::string hello = words({16, kTypeStruct, 4, kTypeInt, kCoreVersion, 0});
  const auto size = static_cast<std::uint32_t>(hello.size());
  if (!server.send(words({kCore, kHello << 24 | size, 0, 0}) + hello)) return {};
  constexpr std::uint32_t kInfo = 0;
  while (const auto head = server.receive(16)) {
    const std::uint32_t bytes = word(*head, 4) & 0xFF'FFFF;
    if (bytes > kLongestAnswer) return {};
    const auto body = server.receive(bytes);
    if (!body) return {};
    // The core's information has these texts: user, host, version, name.
    if (word(*head, 0) == kCore && word(*head, 4) >> 24 == kInfo) return {true, false, nth_text(*body, 2)};
  }
  return {};
}

}  // namespace refwave::doctor
