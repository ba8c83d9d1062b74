// A copy of a third-party program in a folder of its own, beside winmm.dll, refwave.drv and a refwave.toml.
// It ends with the test. And the analysis of what a sound device received.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class GuestProgram {
 public:
  /// `name`: a program that this directory builds, or the zip's refwave, without its ".exe".
  explicit GuestProgram(const std::string& name);

  const std::filesystem::path& folder() const { return folder_.path(); }

  /// Effects: starts the program with `arguments`, its output into a file. Errors: std::runtime_error.
  void start(const std::vector<std::string>& arguments = {});
  /// Returns: the program's exit status; kHung if a minute has not been enough.
  int wait();
  /// Returns: what the program has printed, on either stream.
  std::string output() const;

  static constexpr int kHung = -1000;

 private:
  TemporaryFolder folder_;
  std::string name_;
  ChildProcess process_;
};

/// Stereo; 1 is full scale, which is exact for 16 and 24 bits.
struct Recording {
  static constexpr double kRate = 44'100;

  std::vector<float> left;
  std::vector<float> right;
};

/// Returns: 16-bit stereo noise without a zero, followed by silence: a program that exits right after
/// waveOutClose loses what the device still holds.
std::vector<std::int16_t> noise(std::size_t frames, std::size_t silent_frames);
/// Returns: the recording without silence, which a busy machine under Wine may also insert.
std::vector<std::int16_t> audible(const Recording& recording);

void write_wav(const std::filesystem::path& path, const std::vector<std::int16_t>& samples);

struct Sound {
  std::size_t first;
  std::size_t frames;

  double seconds() const { return static_cast<double>(frames) / Recording::kRate; }
};

/// Returns: the sounds, divided wherever both channels are silent for `silence_seconds`.
std::vector<Sound> sounds(const Recording& recording, double silence_seconds);

/// Returns: how long anything is heard, without the silence that a busy machine may insert.
double heard_seconds(const Recording& recording);

/// Returns: the frequency of a sine in Hz, from its median period, which gaps do not change.
double frequency(const std::vector<float>& channel, const Sound& sound);

/// Returns: all that the sink of with_private_pulse has received, after another second.
Recording wait_for_recording();

}  // namespace refwave::test
