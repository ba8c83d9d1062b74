// A third-party program, with refwave for it alone: a copy of it in a folder of its own, beside it winmm.dll,
// refwave.drv and a refwave.toml. It never lives longer than the test. And what arrives at a sound device,
// and what a listener would say of it.
#pragma once

#include <windows.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace refwave::test {

/// What refwave plays on: its own clock, written to a WAV file, or Windows' default device.
enum class Route { clocked, wasapi };

class GuestProgram {
 public:
  /// `name`: a program that this directory builds, or the zip's refwave, without its ".exe".
  GuestProgram(const std::string& name, Route route);
  ~GuestProgram();

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

// --- what is heard ---

/// Stereo; 1 is full scale, which is exact for 16 and 24 bits.
struct Recording {
  static constexpr double kRate = 44'100;

  std::vector<float> left;
  std::vector<float> right;
};

/// Returns: the samples of a WAV file; none if there is no such file.
Recording read_wav(const std::filesystem::path& path);
/// Returns: the samples of raw 32-bit integers.
Recording read_raw(const std::filesystem::path& path);

/// Returns: stereo noise of 16 bits without a zero, and silence behind it: a program that exits right after
/// waveOutClose loses what the device still held.
std::vector<std::int16_t> noise(std::size_t frames, std::size_t silent_frames);
/// Effects: writes the samples as a file that has nothing else.
void write_raw(const std::filesystem::path& path, const std::vector<std::int16_t>& samples);

/// Effects: writes stereo samples of 44.1 kHz as a WAV file.
void write_wav(const std::filesystem::path& path, const std::vector<std::int16_t>& samples);

/// A stretch of frames in which something is heard.
struct Sound {
  std::size_t first;
  std::size_t frames;

  double seconds() const { return static_cast<double>(frames) / Recording::kRate; }
};

/// Returns: what is heard, divided wherever both channels are silent for `silence_seconds`.
std::vector<Sound> sounds(const Recording& recording, double silence_seconds);

/// Returns: how long anything is heard at all. Silence that a busy machine has put in between does not count.
double heard_seconds(const Recording& recording);

/// Returns: the frequency of a sine, in Hz; of its periods the most usual one, gaps do not count.
double frequency(const std::vector<float>& channel, const Sound& sound);
double peak(const std::vector<float>& channel);

// --- one program on both routes ---

struct Performance {
  Route route;
  int exit_status;
  std::string output;
  Recording heard;
};

std::ostream& operator<<(std::ostream& stream, const Performance& performance);

/// Returns: all that the sink of with_private_pulse was given, once it has had another second of silence.
Recording wait_for_recording();

/// Effects: runs the program twice at the same time, on the clocked device and through WASAPI into the sink
/// that with_private_pulse records. Returns: the two.
std::vector<Performance> perform(const std::string& program, const std::string& arguments = {});

}  // namespace refwave::test
