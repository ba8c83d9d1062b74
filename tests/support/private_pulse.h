// A private PulseAudio without hardware: a server in a temporary folder with one null sink, which is ALSA's
// default device, and a recorder that stores everything that arrives there. Export its environment before
// PortAudio is initialised.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/private_server.h"

namespace refwave::test {

class PrivatePulse : public SinkServer {
 public:
  static constexpr std::uint32_t kRate = 48'000;
  /// What refwave's names of the server's devices begin with.
  static constexpr const char* kPrefix = "PulseAudio/";
  /// ALSA's name of the device that records the sink's input.
  static constexpr const char* kInput = "ALSA/refin";

  /// The server's sink. The steady one takes its audio evenly and has a recorder, which would impose its pace
  /// on any sink. The others take it in bursts, as users' sinks do.
  enum class Sink {
    steady,        // a null sink with norewinds
    resting,       // a null sink at the rate
    bare,          // a null sink as it is without arguments
    dummy_output,  // module-always-sink, on a machine without a card
  };

  /// Effects: starts server and recorder. Errors: std::runtime_error with the server's log.
  explicit PrivatePulse(std::uint32_t rate = kRate, Sink sink = Sink::steady);
  ~PrivatePulse() override { PrivatePulse::kill_server(); }

  void play(const std::vector<std::int32_t>& samples) override;
  void kill_server() override;
  void start_server() override;
  void add_other_sink() override;
  void remove_other_sink() override;
  /// Effects: makes a sink with these channels, as PulseAudio spells them ("front-left,front-right"), the
  /// default.
  void change_default_to(const std::string& channels);
  /// Returns: the newest sample that arrived there for each of `channels`, which may come in another order.
  /// Waits until none is 0. Errors: std::runtime_error.
  std::vector<float> arrives_at(const std::string& channels);
  std::string first_sink() const override;
  void unload_sink() override;
  void load_sink() override;

 private:
  std::string sink_module() const;
  std::string sink_arguments() const;
  void wait_for_server();
  std::runtime_error no_server() const;
  void record() override;
  void make_default(const std::string& sink) override { control({"pactl", "set-default-sink", sink}); }

  const Sink kind_;
  std::string other_module_;
};

}  // namespace refwave::test
