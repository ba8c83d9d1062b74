// A file that a recorder is still writing, and a file for a player. Samples are stereo, 32-bit integers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

namespace refwave::test {

inline std::uintmax_t bytes_in(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : bytes;
}

struct RecordingFile {
  std::filesystem::path path;
  std::streamoff header_bytes = 0;

  std::size_t frames() const {
    constexpr std::streamoff kFrameBytes = 8;
    return static_cast<std::size_t>(
        std::max<std::streamoff>(0, static_cast<std::streamoff>(bytes_in(path)) - header_bytes) /
        kFrameBytes);
  }
  /// Returns: all of them, silence included.
  std::vector<std::int32_t> samples() const;
};

/// Returns: the recording from the first sample that is not 0. Waits until that is `frames` frames and a
/// tenth of a second more, ten seconds at most.
std::vector<std::int32_t> wait_for_frames(const std::filesystem::path& path, std::streamoff header_bytes,
                                          std::size_t frames, std::uint32_t rate);

/// What came of a stereo sound that was sent.
struct Arrival {
  std::size_t same = 0;   // frames received as they were sent, in their order
  std::size_t gaps = 0;   // places where frames are missing, or silence or older frames are between them
  std::size_t other = 0;  // frames that were never sent
};
std::ostream& operator<<(std::ostream& out, const Arrival& arrival);

/// Returns: what arrived of `sent`, noise without equal frames. Around it, frames of silence or of `lead`, in
/// each channel, do not count.
Arrival compare(const std::vector<std::int32_t>& sent, const std::vector<std::int32_t>& received,
                std::int32_t lead = 0);

/// Effects: writes a WAV file: the samples, and a fifth of a second of silence. Errors: std::runtime_error.
void write_wav(const std::filesystem::path& path, const std::vector<std::int32_t>& samples,
               std::uint32_t rate);

}  // namespace refwave::test
