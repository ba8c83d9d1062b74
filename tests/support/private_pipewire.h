// A PipeWire of a test's own, without hardware: a server in a temporary folder with one null sink, a session
// manager that links what plays to it, ALSA's default device leading there, and a recorder on the sink's
// monitor.
#pragma once

#include <cstdint>
#include <filesystem>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class PrivatePipewire {
 public:
  /// Effects: starts the server and what belongs to it. Errors: std::runtime_error with their logs.
  PrivatePipewire();
  /// Effects: ends them.
  ~PrivatePipewire() { kill_server(); }
  PrivatePipewire(const PrivatePipewire&) = delete;
  PrivatePipewire& operator=(const PrivatePipewire&) = delete;

  /// Effects: this process, and the children it starts, use this server and no other.
  void export_environment() const;
  /// Returns: whether any sample that is not 0 has arrived since the server started.
  bool hears_sound() const;

  void kill_server();
  /// Effects: starts all of it again; the recording begins anew.
  void start_server();
  void freeze_server() { server_.signal(SIGSTOP); }
  void thaw_server() { server_.signal(SIGCONT); }

 private:
  void configure() const;
  bool answers(const char* what);

  TemporaryFolder folder_;
  Environment environment_;
  ChildProcess server_;
  ChildProcess session_manager_;
  ChildProcess recorder_;
};

}  // namespace refwave::test
