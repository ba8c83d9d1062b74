// A private PipeWire without hardware: a server in a temporary folder with one null sink, which is ALSA's
// default device, a session manager that links players to it, and a recorder on its monitor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/private_server.h"

namespace refwave::test {

class PrivatePipewire : public PrivateServer {
 public:
  /// What refwave's names of the server's devices begin with.
  static constexpr const char* kPrefix = "PipeWire/";
  /// ALSA's name of the device that records the sink's input.
  static constexpr const char* kInput = "ALSA/refin";

  /// How this process and its children reach the server: through ALSA's plugin for PipeWire, or through the
  /// one for PulseAudio, whose protocol pipewire-pulse speaks.
  enum class Protocol { pipewire, pulse };

  /// Effects: starts the server and its helper programs. Errors: std::runtime_error with their logs.
  explicit PrivatePipewire(std::uint32_t rate = 48'000, Protocol protocol = Protocol::pipewire);
  /// Effects: ends all of them.
  ~PrivatePipewire() { kill_server(); }

  /// Effects: wait_for_recording() leaves out the samples recorded so far.
  void forget_recording();
  /// Effects: another client plays the samples to the sink, once.
  void play(const std::vector<std::int32_t>& samples);

  void kill_server();
  /// Effects: starts all programs again; the recording begins anew.
  void start_server();
  /// Effects: there is a second sink, "other", beside "ref".
  void add_other_sink();
  void remove_other_sink();
  /// Effects: there is another device, of that class ("Audio/Source").
  void add_node(const std::string& name, const std::string& media_class);
  std::string first_sink() const { return "ref"; }
  /// Effects: the recording begins anew, of that sink.
  void listen_to(const std::string& sink);
  /// Effects: removes the sink, and makes another of its name. The recording begins anew.
  void unload_sink();
  void load_sink();
  /// Effects: makes a second sink the default, or the first sink again.
  void change_default();

 private:
  void start_pulse();
  void record();
  void control(const std::vector<std::string>& command) const;
  void configure() const;
  void configure_alsa() const;
  bool answers(const char* what);

  const Protocol protocol_;
  std::string sink_;  // the default one
  bool has_other_ = false;
  ChildProcess session_manager_;
  ChildProcess pulse_;
};

}  // namespace refwave::test
