// Sound files for the command to play: good ones by libsndfile, bad ones by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/recording.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

/// A test with a folder of its own.
class WithFolder : public testing::Test {
 protected:
  std::string path(std::string_view name) const { return (folder_ / std::string(name)).string(); }
  std::string write(std::string_view name, std::string_view content) const;
  /// Returns: the path of a file of these samples, interleaved, in the libsndfile `format` (SF_FORMAT_*); 1
  /// is full scale. `bitrate_mode`: SF_BITRATE_MODE_*, of MPEG.
  std::string write_samples(std::string_view name, int format, int channels, int rate,
                            const std::vector<double>& samples, int bitrate_mode = -1) const;
  std::string write_noise(std::string_view name, int format, int channels, int rate,
                          std::size_t frames) const;
  /// Returns: the path of a WAV file of noise: 16 bits, stereo, 48 kHz.
  std::string write_wav(std::string_view name, std::size_t frames) const;
  /// Returns: the content of the file at `path`; empty if there is none.
  static std::string content(const std::string& path) { return contents_of(path); }
  /// Returns: `refwave record` from the clocked device into `file`, which has more than so many bytes by now.
  /// It prints into "output".
  ChildProcess record_until(const std::string& file, std::uintmax_t bytes,
                            const std::vector<std::string>& more = {}) const;
  /// Expects: `line`, a command that plays at 48 kHz, outputs the samples of `file`, and reports nothing
  /// wrong.
  void expect_bit_for_bit(const std::string& line, const std::string& file) const;

  const TemporaryFolder folder_{memory_path()};  // no capture waits for a disk
};

std::string little_endian(std::uint64_t value, std::size_t bytes);
std::string chunk(const std::string& name, const std::string& inside);
std::string format_chunk(std::uint16_t tag, std::uint16_t channels, std::uint32_t rate, std::uint16_t bits,
                         std::uint16_t frame_bytes);

/// A WAV file's 44 bytes of header, true or not.
struct WavHeader {
  std::uint16_t tag = 1;
  std::uint16_t channels = 2;
  std::uint32_t rate = 48'000;
  std::uint16_t bits = 16;
  std::uint32_t data_bytes = 0;
};
std::string bytes_of(const WavHeader& header);

/// A file as libsndfile reads it; 1 is full scale, which is exact for up to 24 bits.
struct Decoded {
  int channels = 0;
  int rate = 0;
  int format = 0;  // SF_FORMAT_*
  std::vector<double> samples;

  /// Returns: whether it contains this sequence of samples.
  bool holds(const std::vector<double>& wanted) const;
};
Decoded decode(const std::string& path);
/// Returns: the file's samples, as a private server's recording has them.
std::vector<std::int32_t> integers_of(const std::string& path);

}  // namespace refwave::test
