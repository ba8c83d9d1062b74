// PulseAudio, PipeWire and JACK. Their sockets are looked for where each server's own documentation says.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string_view>

#include "bench/doctor/machine/machine.h"
#include "bench/doctor/machine/unix_server_linux.h"

namespace refwave::doctor {
namespace {

namespace fs = std::filesystem;
using State = Server::State;

constexpr const char* kNoFolder = "XDG_RUNTIME_DIR is not set";

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string process_text(pid_t process) {
  if (process <= 0) return {};
  const std::string id = std::to_string(process);
  const std::string name = first_line("/proc/" + id + "/comm");
  // systemd may listen on the socket and start the server at the first connection. It is not the server
  // itself.
  if (name == "systemd") return {};
  return name.empty() ? "process " + id : name + ", process " + id;
}

State state_of(const UnixServer& server, const std::string& path) {
  if (server.error() == EACCES || server.error() == EPERM) return State::refuses;
  if (server.error() == EAGAIN) return State::silent;
  // A file that is no socket refuses, too. It was left by no server.
  std::error_code error;
  if (server.error() == ECONNREFUSED && fs::is_socket(path, error)) return State::left_over;
  return server.is_connected() ? State::answers : State::absent;
}

template <class Ask>
Server look_at(const std::string& name, const std::string& path, Ask ask) {
  const UnixServer connection(path);
  Server server{name, state_of(connection, path), {}, path};
  if (!connection.is_connected()) return server;
  const pid_t process = connection.process();
  server.detail = process_text(process);
  if (is_stopped(process)) {
    server.state = State::stopped;
    return server;
  }
  const Answer answer = ask(connection);
  server.version = answer.version;
  server.state = !answer.came ? State::silent : answer.refused ? State::refuses : State::answers;
  return server;
}

/// Returns: the cookie by which PulseAudio recognises the user's programs; empty if there is none.
std::string cookie() {
  const fs::path home = variable("HOME");
  const fs::path configuration = variable("XDG_CONFIG_HOME");
  for (const fs::path& path : {fs::path(variable("PULSE_COOKIE")), configuration / "pulse/cookie",
                               home / ".config/pulse/cookie", home / ".pulse-cookie"}) {
    std::ifstream file(path, std::ios::binary);
    if (std::string bytes{std::istreambuf_iterator<char>(file), {}}; !bytes.empty()) return bytes;
  }
  return {};
}

Server pulseaudio() {
  // PULSE_SERVER is "{machine}unix:/path", "unix:/path", "/path" or "tcp:host". It may name several servers
  // with spaces between them; the first one is taken.
  std::string server = variable("PULSE_SERVER");
  server = server.substr(0, server.find(' '));
  if (server.starts_with('{')) server.erase(0, std::min(server.find('}'), server.size() - 1) + 1);
  constexpr std::string_view kUnix = "unix:";
  if (server.starts_with(kUnix)) server.erase(0, kUnix.size());
  if (!server.empty() && !server.starts_with('/'))
    return {"PulseAudio", State::not_asked, {}, "PULSE_SERVER = " + server};
  if (server.empty() && !variable("PULSE_RUNTIME_PATH").empty())
    server = variable("PULSE_RUNTIME_PATH") + "/native";
  if (server.empty() && variable("XDG_RUNTIME_DIR").empty())
    return {"PulseAudio", State::absent, {}, kNoFolder};
  if (server.empty()) server = variable("XDG_RUNTIME_DIR") + "/pulse/native";
  return look_at("PulseAudio", server,
                 [](const UnixServer& connection) { return ask_pulseaudio(connection, cookie()); });
}

Server pipewire() {
  std::string name = variable("PIPEWIRE_REMOTE");
  if (name.empty()) name = "pipewire-0";
  std::string folder = variable("PIPEWIRE_RUNTIME_DIR");
  if (folder.empty()) folder = variable("XDG_RUNTIME_DIR");
  if (folder.empty() && !name.starts_with('/')) return {"PipeWire", State::absent, {}, kNoFolder};
  return look_at("PipeWire", name.starts_with('/') ? name : folder + "/" + name, ask_pipewire);
}

/// Returns: the number of the socket at `path`; empty if no process listens there.
std::string listening_socket(const std::string& path) {
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    if (!line.ends_with(" " + path)) continue;
    const std::string before = line.substr(0, line.size() - path.size() - 1);
    return before.substr(before.rfind(' ') + 1);
  }
  return {};
}

/// Returns: the process that has that socket open; 0 if this user cannot see it.
pid_t holder_of(const std::string& socket) {
  std::error_code error;
  for (const auto& process : fs::directory_iterator("/proc", error)) {
    const std::string id = process.path().filename().string();
    if (id.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code hidden;
    for (const auto& open : fs::directory_iterator(process.path() / "fd", hidden)) {
      if (fs::read_symlink(open.path(), hidden).string() == "socket:[" + socket + "]")
        return static_cast<pid_t>(std::stol(id));
    }
  }
  return 0;
}

/// Returns: jackd's state by its socket and its process. It is not connected to, because each connection is a
/// new client. The list of devices shows whether it answers.
Server jack() {
  const std::string name = variable("JACK_DEFAULT_SERVER");
  const std::string path =
      "/dev/shm/jack_" + (name.empty() ? "default" : name) + "_" + std::to_string(getuid()) + "_0";
  std::error_code error;
  if (!fs::exists(path, error)) return {"JACK", State::absent, {}, path};
  const std::string socket = listening_socket(path);
  if (socket.empty()) return {"JACK", State::left_over, {}, path};
  const pid_t process = holder_of(socket);
  return {"JACK", is_stopped(process) ? State::stopped : State::present, {}, process_text(process)};
}

}  // namespace

std::vector<Server> find_servers() {
  auto first = std::async(std::launch::async, pulseaudio);
  auto second = std::async(std::launch::async, pipewire);
  return {first.get(), second.get(), jack()};
}

}  // namespace refwave::doctor
