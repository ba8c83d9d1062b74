// A third-party program, with refwave for it alone: a copy of it in a folder of its own, beside it
// winmm.dll, refwave.drv and a refwave.toml. It never lives longer than the test.
#pragma once

#include <windows.h>

#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace refwave::test {

/// What refwave plays on: its own clock, written to a WAV file, or Windows' default device.
enum class Route { clocked, wasapi };

class GuestProgram {
 public:
  /// `name`: a program that this directory builds, without its ".exe".
  GuestProgram(const std::string& name, Route route);
  ~GuestProgram();
  GuestProgram(const GuestProgram&) = delete;
  GuestProgram& operator=(const GuestProgram&) = delete;

  /// Returns: the folder in which the program lies and runs.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// Returns: where a clocked program's sound goes.
  std::filesystem::path capture() const { return folder_ / "capture.wav"; }

  /// Effects: starts the program with `arguments`, its output into a file. Errors: std::runtime_error.
  void start(const std::string& arguments = {});
  /// Returns: the program's exit status; kHung if a minute has not been enough.
  int wait();
  /// Returns: what the program has printed, on either stream.
  std::string output() const;

  static constexpr int kHung = -1000;

 private:
  TemporaryFolder folder_;
  std::string name_;
  HANDLE process_ = nullptr;
};

}  // namespace refwave::test
