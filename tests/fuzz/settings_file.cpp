#include "driver/configuration/configuration.h"
#include "driver/configuration/configuration_write.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

using configuration::Configuration;
using configuration::Parsed;

/// Changes `text` as the dialog does. Either it says afterwards what was wanted, or it is untouched.
void change(std::string_view text, const Configuration& before, const Configuration& after) {
  const configuration::Edited edited = configuration::edit_toml(text, "refwave.toml", before, after);
  if (!edited.status.ok()) {
    require_harmless(edited.status.reason());
    return require(edited.text == text, "a file with a problem is untouched");
  }
  require(configuration::parse_toml(edited.text, "refwave.toml").configuration == after,
          "an edited file says what was wanted");
}

}  // namespace

void settings_file(Bytes input) {
  const std::string_view text = text_of(input);
  const Parsed parsed = configuration::parse_toml(text, "refwave.toml");
  for (const std::string& warning : parsed.warnings) require_harmless(warning);
  Configuration after = parsed.configuration;
  after.period = after.period == 480 ? 240 : 480;
  after.output.emplace_back("another \"device\"");
  after.capture = "C:\\sound.wav";
  change(text, parsed.configuration, after);
  change(text, parsed.configuration, {});
}

}  // namespace refwave::fuzz
