#include "driver/configuration/configuration.h"
#include "driver/configuration/configuration_write.h"
#include "hal/system/wide_text.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

using configuration::Parsed;

/// What was taken over can be said in both languages, and is understood again.
void require_round_trip(const Parsed& parsed) {
  const Parsed again =
      configuration::parse_open_string(configuration::as_open_string({}, parsed.configuration));
  require(again.configuration == parsed.configuration, "the string of a configuration gives it back");
  require(again.warnings.empty(), "the string of a configuration is right");
  const configuration::Edited file = configuration::edit_toml("", "refwave.toml", {}, parsed.configuration);
  if (!file.status.ok()) return require_harmless(file.status.reason());
  const Parsed from_file = configuration::parse_toml(file.text, "refwave.toml");
  require(from_file.configuration == parsed.configuration, "the file of a configuration gives it back");
  require(from_file.warnings.empty(), "the file of a configuration is right");
}

}  // namespace

void open_string(Bytes input) {
  // As DRV_OPEN has it: in UTF-16, up to the first 0. Ill-formed text is empty.
  const std::u16string wide = hal::to_utf16<char16_t>(text_of(input), hal::IfInvalid::give_up);
  const std::string text = hal::to_utf8(wide.c_str(), hal::IfInvalid::give_up);
  const Parsed parsed = configuration::parse_open_string(text);
  for (const std::string& warning : parsed.warnings) require_harmless(warning);
  require_round_trip(parsed);

  // And any 16-bit units.
  std::u16string units(input.size() / 2, u' ');
  for (std::size_t i = 0; i < units.size(); ++i)
    units[i] = static_cast<char16_t>(input[2 * i] | input[2 * i + 1] << 8);
  const Parsed odd = configuration::parse_open_string(hal::to_utf8(units.c_str(), hal::IfInvalid::give_up));
  for (const std::string& warning : odd.warnings) require_harmless(warning);
}

}  // namespace refwave::fuzz
