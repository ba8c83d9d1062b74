// A server behind a Unix socket, with a deadline for everything that is asked of it. One thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace refwave::doctor {

class UnixServer {
 public:
  /// How long it may take to answer, all in all. One that is only started by the question needs some time.
  static constexpr std::chrono::milliseconds kPatience{1'000};

  /// Effects: connects, if somebody listens there.
  explicit UnixServer(const std::string& path);
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

  bool is_connected() const { return connected_; }
  /// Returns: errno's value of the attempt; 0 if it is connected.
  int error() const { return error_; }
  /// Returns: the process that listens; 0 if the system does not tell.
  pid_t process() const;

  bool send(const std::string& bytes) const;
  /// Returns: so many bytes, or nothing if they did not come in time.
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

/// Returns: whether the process stands still, by SIGSTOP or under a debugger.
bool is_stopped(pid_t process);

/// What a server said when it was asked for its version.
struct Answer {
  bool came = false;
  bool refused = false;
  std::string version;
};

/// Effects: asks a PulseAudio, or PipeWire in its place, by PulseAudio's native protocol. `cookie`: what the
/// user's programs show it; empty if there is none.
Answer ask_pulseaudio(const UnixServer& server, const std::string& cookie);
/// Effects: asks a PipeWire by PipeWire's native protocol.
Answer ask_pipewire(const UnixServer& server);

}  // namespace refwave::doctor
