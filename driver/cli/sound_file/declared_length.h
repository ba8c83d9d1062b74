// How much audio a file's header promises beyond the audio that the file holds. libsndfile shortens a
// truncated WAV, AIFF or AU file without a word, but a user who plays one should be told.
#pragma once

#include <cstdint>
#include <string>

namespace refwave::cli {

/// A header with this length or more was written by somebody who could not know: sox writes this one into a
/// pipe, others up to 0xFFFFFFFF.
inline constexpr std::uint32_t kOpenLength = 0x7F00'0000;

/// Returns: bytes of audio that are missing at the end. 0 if none are missing, if the header leaves the
/// length open (as programs that write into a pipe do), or if the file is of another kind.
std::uint64_t missing_bytes(const std::string& path);

}  // namespace refwave::cli
