// A growing WAV file. It is readable at any moment, with the length of the last publish(). Follows:
// Microsoft, "Multiple Channel Audio Data and WAVE Files"; EBU Tech 3306 (RF64) for files over 4 GiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dsp/format.h"
#include "hal/system/files.h"

namespace refwave::hal {

/// The most bytes of a RIFF file after the first eight. The only greater 32-bit length is RF64's mark.
inline constexpr std::uint64_t kMostRiffBytes = 0xFFFF'FFFE;

/// Returns: the header of a file of `format` that holds `data_bytes` of samples so far. The header's length
/// depends on the format alone, so that it can be overwritten while the file grows. Up to 4 GiB
/// (`most_riff_bytes`: a test has less) a JUNK chunk keeps the room for RF64's ds64. Formats that the plain
/// WAVEFORMATEX does not describe (over 16 bits, over two channels) are extensible.
std::vector<std::byte> wav_header(const dsp::Format& format, std::uint64_t data_bytes,
                                  std::uint64_t most_riff_bytes = kMostRiffBytes);

/// Returns: the header of a stream into a pipe, where nothing can be written a second time: it leaves the
/// length open, as sox and ffmpeg do it.
std::vector<std::byte> wav_header_of_open_length(const dsp::Format& format);

/// Thread: one at a time.
class WavWriter {
 public:
  /// Effects: creates the file (a name in UTF-8), or empties it. `most_riff_bytes`: as wav_header(). Returns:
  /// null on failure, with one line in `error`: the path and the reason.
  static std::unique_ptr<WavWriter> create(const std::string& path, const dsp::Format& format,
                                           std::string& error,
                                           std::uint64_t most_riff_bytes = kMostRiffBytes);
  /// Effects: completes the file: whole frames, and their length in the header.
  ~WavWriter();

  /// Effects: adds whole frames. Returns: false if the file did not take all of them (error() has the
  /// reason); nothing is added after that.
  bool append(std::span<const std::byte> frames) noexcept;
  /// Effects: writes the present length into the header. Errors: std::bad_alloc, and nothing is done.
  void publish();
  /// Returns: one line with the path and the reason, empty while all is well.
  std::string error() const;
  std::uint64_t frames() const { return data_bytes_ / format_.bytes_per_frame(); }

 private:
  WavWriter(std::string path, const dsp::Format& format, std::uint64_t most_riff_bytes, File file);

  std::string path_;
  dsp::Format format_;
  std::uint64_t most_riff_bytes_;
  File file_;
  std::size_t header_bytes_ = 0;
  std::uint64_t data_bytes_ = 0;  // publish() counts whole frames only
  int failure_ = 0;               // the error number of the first failure
};

}  // namespace refwave::hal
