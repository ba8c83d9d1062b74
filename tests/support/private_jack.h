// A JACK server of a test's own, without hardware: jackd with its dummy driver at 48 kHz and 128 frames.
#pragma once

#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class PrivateJack {
 public:
  /// Effects: starts the server and waits until it answers. Errors: std::runtime_error with the server's log.
  PrivateJack();
  /// Effects: ends the server. One that was killed is started once more: it clears away the shared memory
  /// that it left, and its place among the eight servers that JACK allows a machine.
  ~PrivateJack();
  PrivateJack(const PrivateJack&) = delete;
  PrivateJack& operator=(const PrivateJack&) = delete;

  /// Effects: PortAudio in this process finds this server and no ALSA device.
  void export_environment() const;
  void kill_server() { server_.end(SIGKILL); }
  /// Effects: starts it again, under its name, and waits until it answers. Errors: std::runtime_error.
  void start_server();
  void freeze_server() { server_.signal(SIGSTOP); }
  /// Nothing records here: the dummy driver is nobody's ear.
  bool hears_sound() const { return true; }

 private:
  bool start();

  TemporaryFolder folder_;
  int lock_ = -1;  // held on the name, which is one of a few
  std::string name_;
  ChildProcess server_;
};

}  // namespace refwave::test
