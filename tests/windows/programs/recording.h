// What arrived at a sound device, and what a listener would say of it. Stereo; 1 is full scale, which is
// exact for 16 and 24 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace refwave::test {

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

}  // namespace refwave::test
