// Quantities and names as all commands print them. Pure, utc_now() aside; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "dsp/format.h"

namespace refwave::cli {

/// The names of files. They are UTF-8 here, whatever the system's narrow code page is.
std::filesystem::path to_path(std::string_view utf8);
std::string path_text(const std::filesystem::path& path);

/// Effects: takes the quote off the end of `name`, which is what Windows' rules leave of "C:\\A game\\" at
/// the end of a line. Returns: why `name` can be no file or folder of Windows; empty if it can.
std::string correct_windows_name(std::string& name);

/// Returns: the time, as "2026-11-20 20:30:00 UTC". Thread: main.
std::string utc_now();

/// Returns: "1:02.345" for 62.345 seconds.
std::string clock_text(double seconds);

/// Returns: the seconds of "75", "1:15.5" or "0:01:15"; nothing for any other text.
std::optional<double> seconds_of(std::string_view clock);

/// Returns: "-12.3 dBFS" for a peak of 0.243, "silence" for 0.
std::string level_text(float peak);

/// Returns: "850 ns", "24.1 µs", "3.02 ms", "1.50 s": three digits and the unit that suits.
std::string duration_text(double ns);
/// Returns: "50 µs": as duration_text(), without digits that say nothing.
std::string round_duration_text(double ns);

/// Returns: the percentile as duration_text() has it; "-" where fewer than 1 / (1 - share) durations were
/// counted, because such a percentile is nothing but the longest of them.
std::string percentile_text(std::uint64_t ns, double share, std::uint64_t count);

/// Returns: "p50 24.1 µs, p99 38.0 µs, max 52.1 µs", while something is measured.
std::string so_far_text(std::uint64_t p50_ns, std::uint64_t p99_ns, std::uint64_t max_ns,
                        std::uint64_t count);

/// Returns: the ratio with three digits: "0.00474", "1.19", "223".
std::string ratio_text(double ratio);
/// Returns: "48000 Hz, 2 channels, s16".
std::string format_text(const dsp::Format& format);

/// Returns: `text` with what a terminal would obey made visible: "\\n", "\\x1b".
std::string visible(std::string_view text);

/// A letter that has a meaning in some language, and what stands for it there.
struct Escape {
  char letter;
  std::string_view text;
};
/// Returns: `text` with each of those letters escaped.
std::string escaped(std::string_view text, std::initializer_list<Escape> escapes);

/// Returns: `text` as HTML and XML have it, in quotes or without.
std::string markup(std::string_view text);

/// Returns: as std::snprintf, in a string.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* pattern, ...);

}  // namespace refwave::cli
