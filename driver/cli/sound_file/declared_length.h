// How much audio a file's header promises beyond what the file holds. libsndfile trims a WAV, AIFF or AU file
// that was cut short without a word; someone who plays one wants to hear of it.
#pragma once

#include <cstdint>
#include <string>

namespace refwave::cli {

/// Returns: bytes of audio that are missing at the end; 0 if none, if the header leaves the length open (as
/// those who write into a pipe do), or if the file is of another kind.
std::uint64_t missing_bytes(const std::string& path);

}  // namespace refwave::cli
