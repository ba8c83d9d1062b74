#include <nlohmann/json.hpp>

#include "bench/latency/compare/comparison.h"
#include "bench/latency/compare/json_value.h"
#include "driver/cli/console/text.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

/// Returns: how deep the value nests.
int depth_of(const nlohmann::json& value) {
  int deepest = 0;
  if (value.is_structured())
    for (const nlohmann::json& item : value) deepest = std::max(deepest, depth_of(item));
  return deepest + 1;
}

void compare_with_itself(std::string_view text) {
  try {
    const latency::Baselined report = latency::read_report(text);
    const latency::Comparison comparison = latency::compare(report, report, 0.1);
    require(!comparison.is_worse(), "a report is not worse than itself");
    require(!latency::as_text(comparison, 80).empty(), "a comparison is a table");
  } catch (const Broken&) {
    throw;
  } catch (const std::runtime_error&) {
    // It says what is missing.
  }
}

bool is_read(std::string_view text) {
  try {
    latency::JsonValue::parse(text);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

void report(Bytes input) {
  const std::string_view text = text_of(input);
  compare_with_itself(text);
  const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  // That parser ends at a NUL, whatever comes after it.
  const bool is_json = !value.is_discarded() && text.find('\0') == text.npos;
  if (is_json && depth_of(value) < 16) require(is_read(text), "JSON is read");

  // Any name, in the files and lines that hold names.
  const nlohmann::json name = nlohmann::json::parse(cli::json_string(text), nullptr, false);
  require(name.is_string(), "a name in JSON is a text");
  require_harmless(cli::visible(text));
}

}  // namespace refwave::fuzz
