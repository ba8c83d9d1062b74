// Quantities and names as the commands print them. Pure; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "dsp/format.h"

namespace refwave::cli {

/// The names of files. They are UTF-8 here, whatever the system's narrow code page is.
std::filesystem::path to_path(std::string_view utf8);
std::string path_text(const std::filesystem::path& path);

/// Returns: "1:02.345" for 62.345 seconds.
std::string clock_text(double seconds);

/// Returns: "-12.3 dBFS" for a peak of 0.243, "silence" for 0.
std::string level_text(float peak);

/// Returns: "24.1 µs" for 24'100 ns, padded on the left to `width` letters.
std::string microseconds_text(std::uint64_t ns, std::size_t width);

/// Returns: "48000 Hz, 2 channels, s16".
std::string format_text(const dsp::Format& format);

/// Returns: `text` in quotes, as JSON has it; a byte that is not UTF-8 becomes a question mark.
std::string json_string(std::string_view text);

/// Returns: as std::snprintf, in a string.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* pattern, ...);

}  // namespace refwave::cli
