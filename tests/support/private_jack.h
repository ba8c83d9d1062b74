// A private JACK without hardware: jackd with its dummy driver, and a client that records refwave's output.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/private_server.h"

namespace refwave::test {

class PrivateJack : public PrivateServer {
 public:
  /// The device that records the samples of play().
  static constexpr const char* kInput = "JACK/system";

  enum class Cycle { goes_on, waits_for_clients };

  /// Effects: starts the server, with jackd's own `options`, and waits until it answers. Errors:
  /// std::runtime_error with the server's log.
  explicit PrivateJack(std::uint32_t rate = 48'000, Cycle cycle = Cycle::goes_on,
                       std::uint32_t period_frames = 128, std::vector<std::string> options = {});
  /// Effects: ends the server cleanly; starts a killed one again first. It then removes its shared memory,
  /// its entry among the eight servers that JACK allows, and libjack's database, which some two hundred
  /// killed servers and clients would fill.
  ~PrivateJack() override;

  const std::string& name() const { return name_; }
  void kill_server() override;
  void start_server() override;
  /// Effects: blocks the process callback of the other client. A server that waits for its clients then
  /// answers, but runs none of them. Errors: std::runtime_error.
  void freeze_ear();
  void thaw_ear() { recorder_.signal(SIGUSR2); }

  /// Effects: waits until the ear records refwave's output from the next first frame on. Precondition:
  /// refwave has a stream open, or is about to. Errors: std::runtime_error.
  void wait_for_ear() const;
  void listen() override {
    wait_for_ear();
    forget_recording();
  }
  bool has_sinks() const override { return false; }
  void play(const std::vector<std::int32_t>& samples) override;

 private:
  bool start();

  const Cycle cycle_;
  const std::uint32_t period_frames_;
  const std::vector<std::string> options_;
  int lock_ = -1;  // the lock on the name, one of kNames
  std::string name_;
};

}  // namespace refwave::test
