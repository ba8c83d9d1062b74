// A connection to a server's Unix socket. One deadline holds for everything that is asked there. One thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace refwave::doctor {

class UnixServer {
 public:
  /// How long all answers together may take. A server that the connection itself starts needs some of it.
  static constexpr std::chrono::milliseconds kPatience{1'000};

  /// Effects: connects, if a process listens there.
  explicit UnixServer(const std::string& path);
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

  bool is_connected() const { return connected_; }
  /// Returns: errno after the attempt to connect; 0 if it is connected.
  int error() const { return error_; }
  /// Returns: the process that listens; 0 if the system does not report it.
  pid_t process() const;

  bool send(const std::string& bytes) const;
  /// Returns: so many bytes; nothing if they did not come in time.
  std::optional<std::string> receive(std::size_t bytes) const;

 private:
  bool is_ready(short events) const;

  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + kPatience;
  int descriptor_ = -1;
  bool connected_ = false;
  int error_ = 0;
};

/// Returns: the first line of a file; empty if it cannot be read.
std::string first_line(const std::string& path);

/// Returns: whether the process is stopped, by SIGSTOP or by a debugger.
bool is_stopped(pid_t process);

/// A server's answer to the question for its version.
struct Answer {
  bool came = false;
  bool refused = false;
  std::string version;
};

/// Effects: asks PulseAudio, or PipeWire in its place, by PulseAudio's native protocol. `cookie`: empty if
/// the user has none.
Answer ask_pulseaudio(const UnixServer& server, const std::string& cookie);
/// Effects: asks PipeWire by PipeWire's native protocol.
Answer ask_pipewire(const UnixServer& server);

}  // namespace refwave::doctor
