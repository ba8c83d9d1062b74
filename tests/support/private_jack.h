// A JACK server of a test's own, without hardware: jackd with its dummy driver at 48 kHz and 128 frames.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/child_process.h"

namespace refwave::test {

class PrivateJack {
 public:
  /// Effects: starts the server and waits until it answers. Errors: std::runtime_error with the server's log.
  PrivateJack();
  ~PrivateJack();
  PrivateJack(const PrivateJack&) = delete;
  PrivateJack& operator=(const PrivateJack&) = delete;

  /// Effects: PortAudio in this process finds this server and no ALSA device.
  void export_environment() const;
  void kill_server() { server_.end(SIGKILL); }

 private:
  std::filesystem::path folder_;
  std::string name_;
  ChildProcess server_;
};

}  // namespace refwave::test
