// Keeps the messages of PortAudio and its host APIs from the program's terminal, as long as this object
// lives: they are discarded or counted. One implementation a system, chosen by CMake. Thread: PortAudio's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace refwave::hal {

/// Returns: how many lines PortAudio would have written since this was asked last. Thread: any.
std::uint64_t take_portaudio_messages() noexcept;

class Quiet {
 public:
  /// Effects: silences the host APIs' own messages, and has their libraries stay in memory. `problem` is
  /// empty, or why PortAudio must not be initialised here.
  explicit Quiet(std::string& problem);
  /// Effects: whoever was told of them before is told again: the functions of ours may be unloaded next.
  ~Quiet();
  /// Effects: has the plugins stay too that the host APIs have loaded since, for as long as the process
  /// lives. To be called before Pa_Terminate, which lets go of them.
  void keep_plugins() const;
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  struct Before;
  std::unique_ptr<Before> before_;
};

}  // namespace refwave::hal
