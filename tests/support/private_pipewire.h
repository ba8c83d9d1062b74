// A private PipeWire without hardware: a server in a temporary folder with one null sink, which is ALSA's
// default device, a session manager that links players to it, and a recorder on its monitor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/private_server.h"

namespace refwave::test {

/// Functions without a comment are those of SinkServer.
class PrivatePipewire : public SinkServer {
 public:
  static constexpr const char* kPrefix = "PipeWire/";
  static constexpr const char* kInput = "ALSA/refin";

  /// How this process and its children reach the server: through ALSA's plugin for PipeWire, or through the
  /// one for PulseAudio, whose protocol pipewire-pulse speaks.
  enum class Protocol { pipewire, pulse };

  /// Effects: starts the server and its helper programs. Errors: std::runtime_error with their logs.
  explicit PrivatePipewire(std::uint32_t rate = 48'000, Protocol protocol = Protocol::pipewire);
  ~PrivatePipewire() override { PrivatePipewire::kill_server(); }

  void forget_recording() override;
  void play(const std::vector<std::int32_t>& samples) override;
  void kill_server() override;
  void start_server() override;
  void add_other_sink() override;
  void remove_other_sink() override;
  /// Effects: there is another device, of that class ("Audio/Source").
  void add_node(const std::string& name, const std::string& media_class);
  void unload_sink() override;
  void load_sink() override;

 private:
  void start_pulse();
  void record() override;
  void make_default(const std::string& sink) override;
  void configure() const;
  void configure_alsa() const;
  bool answers(const char* what);

  const Protocol protocol_;
  ChildProcess session_manager_;
  ChildProcess pulse_;
};

}  // namespace refwave::test
