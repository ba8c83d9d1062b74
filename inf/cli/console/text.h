// Quantities and names as all commands print them. Pure, except for utc_now().
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dsp/format.h"
#include "hal/system/path_text.h"
#include "hal/system/wide_text.h"

namespace refwave::cli {

using hal::lower;
using hal::path_text;
using hal::to_path;

/// Effects: removes a quote at the end of `name`, which Windows leaves of "C:\\A game\\" at the end of a
/// line. Returns: why Windows cannot have such a file or folder; empty if it can.
std::string correct_windows_name(std::string& name);

/// Returns: the time, as "2026-11-20 20:30:00 UTC". Thread: main.
std::string utc_now();

/// Returns: "1:02.345" for 62.345 seconds.
std::string clock_text(double seconds);

/// Returns: the seconds of "75", "1:15.5" or "0:01:15"; nothing for any other text.
std::optional<double> seconds_of(std::string_view clock);

/// Returns: "-12.3 dBFS" for a peak of 0.243, "silence" for 0.
std::string level_text(float peak);

/// Returns: "850 ns", "24.1 µs", "3.02 ms", "1.50 s": three digits and a unit.
std::string duration_text(double ns);
/// Returns: "50 µs": as duration_text(), without trailing zeros.
std::string round_duration_text(double ns);

/// Returns: the percentile by duration_text(); "-" for fewer than 1 / (1 - share) durations, because it would
/// be the longest of them.
std::string percentile_text(std::uint64_t ns, double share, std::uint64_t count);

/// Returns: "p50 24.1 µs, p99 38.0 µs, max 52.1 µs".
std::string so_far_text(std::uint64_t p50_ns, std::uint64_t p99_ns, std::uint64_t max_ns,
                        std::uint64_t count);

/// Returns: the ratio with three digits: "0.00474", "1.19", "223".
std::string ratio_text(double ratio);
/// Returns: "48000 Hz, 2 channels, s16".
std::string format_text(const dsp::Format& format);

using hal::visible;

/// A special character of some language, and its escape.
struct Escape {
  char letter;
  std::string_view text;
};
std::string escaped(std::string_view text, std::initializer_list<Escape> escapes);

/// Returns: `text` escaped for HTML and XML, also for attributes.
std::string markup(std::string_view text);

[[gnu::format(printf, 1, 2)]] std::string formatted(const char* pattern, ...);

inline std::size_t letters_of(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

inline std::string left(std::string text, std::size_t width) {
  const std::size_t letters = letters_of(text);
  return text.append(width > letters ? width - letters : 0, ' ');
}

inline std::string right(const std::string& text, std::size_t width) {
  const std::size_t letters = letters_of(text);
  return std::string(width > letters ? width - letters : 0, ' ') + text;
}

/// Returns: the text with the other letters of reports replaced by ASCII.
inline std::string plain(std::string text) {
  for (const auto& [fancy, ascii] : {std::pair{"µ", "u"}, std::pair{"×", "x"}, std::pair{"…", "..."}}) {
    for (std::size_t at = 0; (at = text.find(fancy, at)) != std::string::npos;)
      text.replace(at, std::string_view(fancy).size(), ascii);
  }
  return text;
}

inline constexpr std::size_t kUsualColumns = 80;
inline constexpr std::size_t kUsualLines = 24;

inline constexpr std::size_t kFewestColumns = 40;  // of a table

/// Returns: COLUMNS if that is a number, else `shown`; at least `fewest`.
std::size_t columns_wanted(std::size_t shown, std::size_t fewest);

/// Returns: the text wrapped at blanks to `columns` letters; later lines are indented. `used`: letters
/// already on the first line.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent = 0, std::size_t used = 0);

}  // namespace refwave::cli
