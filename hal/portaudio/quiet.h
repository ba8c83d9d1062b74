// Discards the messages of PortAudio and its host APIs, as long as the object lives, so that they do not
// reach the program's terminal. One source file for each system. Thread: PortAudio's.
#pragma once

#include <memory>

namespace refwave::hal {

class Quiet {
 public:
  /// Effects: discards the host APIs' messages, and keeps their libraries in memory.
  Quiet();
  /// Effects: restores the former receivers, because this module, with ours in it, may be unloaded next.
  ~Quiet();
  /// Effects: keeps the host APIs' plugins in memory, too, until the process ends. Precondition:
  /// Pa_Terminate, which unloads them, has not been called yet.
  void keep_plugins() const;

 private:
  struct Before;
  std::unique_ptr<Before> before_;
};

}  // namespace refwave::hal
