#include "inf/cli/console/text.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace refwave::cli {

std::string formatted(const char* pattern, ...) {
  char text[512];
  std::va_list arguments;
  va_start(arguments, pattern);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is in the line above
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

std::string correct_windows_name(std::string& name) {
  const std::size_t last = name.find_last_not_of(' ');
  if (last != std::string::npos && name[last] == '"') name.erase(last);
  if (name.find_first_not_of(' ') == std::string::npos) return "the name is empty";
  const std::size_t quote = name.find('"');
  if (quote == std::string::npos) return {};
  // Windows takes \" for a quote that belongs to the name.
  const std::string before = name.substr(0, name.find_last_not_of("\\\"", quote) + 1);
  return "the name contains a quote, and what was written after it: " + name +
         "; a backslash before the closing quote does that; write \"" + before + "\"";
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", std::gmtime(&now));
  return text;
}

std::string clock_text(double seconds) {
  const long long milliseconds = std::llround(seconds * 1000);
  return formatted("%lld:%02lld.%03lld", milliseconds / 60'000, milliseconds / 1000 % 60,
                   milliseconds % 1000);
}

std::optional<double> seconds_of(std::string_view clock) {
  double seconds = 0;
  for (int parts = 1; parts <= 3; ++parts) {
    const std::string part(clock.substr(0, clock.find(':')));
    const bool is_last = part.size() == clock.size();
    const bool is_number =
        !part.empty() && part.find_first_not_of(is_last ? "0123456789." : "0123456789") == std::string::npos;
    char* end = nullptr;
    const double value = std::strtod(part.c_str(), &end);
    if (!is_number || *end != '\0') return std::nullopt;
    seconds = seconds * 60 + value;
    if (is_last) return seconds;
    clock.remove_prefix(part.size() + 1);
  }
  return std::nullopt;
}

std::string level_text(float peak) {
  if (peak <= 0) return "silence";
  const double level = 20 * std::log10(static_cast<double>(peak));
  return formatted("%.1f dBFS", std::abs(level) < 0.05 ? 0.0 : level);  // no "-0.0"
}

namespace {

struct Unit {
  double ns;
  const char* name;
};

/// Returns: the unit in which `ns`, rounded to three digits, is less than a thousand.
Unit unit_of(double ns) {
  constexpr Unit kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}};
  for (const Unit& unit : kUnits) {
    if (ns >= unit.ns * 0.9995) return unit;
  }
  return {1, "ns"};
}

}  // namespace

std::string duration_text(double ns) {
  const Unit unit = unit_of(ns);
  const double value = ns / unit.ns;
  const int decimals = unit.ns < 1e3 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return formatted("%.*f %s", decimals, value, unit.name);
}

std::string round_duration_text(double ns) {
  const Unit unit = unit_of(ns);
  return formatted("%.3g %s", ns / unit.ns, unit.name);
}

std::string percentile_text(std::uint64_t ns, double share, std::uint64_t count) {
  const double needed = share < 1 ? std::round(1 / (1 - share)) : 1;
  return static_cast<double>(count) < needed ? "-" : duration_text(static_cast<double>(ns));
}

std::string so_far_text(std::uint64_t p50_ns, std::uint64_t p99_ns, std::uint64_t max_ns,
                        std::uint64_t count) {
  return "p50 " + percentile_text(p50_ns, 0.5, count) + ", p99 " + percentile_text(p99_ns, 0.99, count) +
         ", max " + percentile_text(max_ns, 1, count);
}

std::string ratio_text(double ratio) {
  const double digits = ratio > 0 ? std::floor(std::log10(ratio * 1.0005)) : 0;
  return formatted("%.*f", static_cast<int>(std::clamp(2 - digits, 0.0, 9.0)), ratio);
}

std::string format_text(const dsp::Format& format) {
  return formatted("%u Hz, %u channel%s, %s", format.rate, static_cast<unsigned>(format.channels),
                   format.channels == 1 ? "" : "s", dsp::name_of(format.type).data());
}

std::string escaped(std::string_view text, std::initializer_list<Escape> escapes) {
  std::string result;
  for (const char c : text) {
    const auto found = std::ranges::find(escapes, c, &Escape::letter);
    result += found == escapes.end() ? std::string_view(&c, 1) : found->text;
  }
  return result;
}

std::string markup(std::string_view text) {
  std::string result =
      escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}});
  std::ranges::replace_if(
      result, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return result;
}

std::size_t columns_wanted(std::size_t shown, std::size_t fewest) {
  if (const char* text = std::getenv("COLUMNS")) {
    std::size_t columns = 0;
    const char* end = text + std::strlen(text);
    if (std::from_chars(text, end, columns).ptr == end && columns > 0) shown = columns;
  }
  return std::max(shown, fewest);
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent, std::size_t used) {
  std::string result;
  bool is_first = true;  // of its line
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t letters = letters_of(word);
    if (!is_first && used + 1 + letters > columns) {
      result += '\n' + std::string(indent, ' ');
      used = indent;
      is_first = true;
    }
    result.append(is_first ? "" : " ").append(word);
    used += letters + (is_first ? 0 : 1);
    is_first = false;
  }
  return result + '\n';
}

}  // namespace refwave::cli
