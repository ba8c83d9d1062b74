#include "driver/cli/console/meter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "driver/cli/console/letters.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr double kLowestDb = -60;
constexpr double kYellowDb = -18;
constexpr double kRedDb = -6;
constexpr std::size_t kFewestCells = 8;
constexpr std::size_t kMostCells = 30;
constexpr std::size_t kTextLetters = 11;  // "-12.3 dBFS" and a blank before it

double decibels(float level) {
  return level > 0 ? 20 * std::log10(static_cast<double>(level)) : 2 * kLowestDb;
}

const char* colour_of(double db) {
  if (db >= kRedDb) return "\033[31m";
  return db >= kYellowDb ? "\033[33m" : "\033[32m";
}

std::string bar(const Loudness& loudness, std::size_t cells, Colours colours) {
  const double rms_db = decibels(loudness.rms);
  const double peak_db = decibels(loudness.peak);
  std::string text;
  std::string_view colour_before;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double db = kLowestDb * (1 - static_cast<double>(cell) / static_cast<double>(cells));
    const std::string_view colour = colour_of(db);
    if (colours == Colours::some && colour != colour_before) text += colour;
    colour_before = colour;
    text += db < rms_db ? "█" : db < peak_db ? "▒" : "·";
  }
  return colours == Colours::some ? text + "\033[m" : text;
}

}  // namespace

Colours colours_wanted() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool is_refused = (no_color != nullptr && *no_color != '\0') ||
                          (terminal != nullptr && std::string_view(terminal) == "dumb");
  return has_terminal() && !is_refused ? Colours::some : Colours::none;
}

std::string meter_text(const Loudness& loudness, std::size_t letters, Colours colours) {
  std::string peak = level_text(loudness.peak);
  if (letters < kFewestCells + kTextLetters) return peak;
  const std::size_t cells = std::min(letters - kTextLetters, kMostCells);
  return bar(loudness, cells, colours) + " " + right(peak, kTextLetters - 1);
}

}  // namespace refwave::cli
