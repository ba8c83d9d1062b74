#include "bench/measure/comparison.h"
#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

void compare_with_itself(std::string_view text) {
  try {
    const measure::Baselined report = measure::read_report("a.json", text);
    const measure::Comparison comparison = measure::compare(report, report, 0.1);
    require(!comparison.is_worse(), "a report is not worse than itself");
    require(!measure::as_text(comparison, 80).empty(), "a comparison is a table");
  } catch (const Broken&) {
    throw;
  } catch (const std::runtime_error&) {
    // It says what is missing.
  }
}

}  // namespace

void report(Bytes input) {
  const std::string_view text = text_of(input);
  compare_with_itself(text);
  // Any name, in the files and lines that hold names.
  const cli::Json name = cli::Json::parse(cli::json_string(text), nullptr, false);
  require(name.is_string(), "a name in JSON is a text");
  require_harmless(cli::visible(text));
}

}  // namespace refwave::fuzz
