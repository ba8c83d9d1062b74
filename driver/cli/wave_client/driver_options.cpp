#include "driver/cli/wave_client/driver_options.h"

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {

std::string setting(std::string_view key, std::string_view value) {
  if (value.empty()) return {};
  return ";" + std::string(key) + "=\"" + escaped(value, {{'"', "\"\""}}) + '"';
}

std::string open_string(const DriverOptions& options) {
  if (!options.parameters.empty()) return options.parameters;
  std::string text = setting("device", options.device);
  if (!options.device.empty()) text += ";fallback=none";
  text += setting("period", options.period) + setting("rate", options.rate);
  text += setting("completion", options.completion) + setting("wake", options.wake);
  text += setting("done", options.done) + setting("capture", options.capture);
  for (const std::string& given : options.settings) text += ";" + given;
  const configuration::Parsed parsed = configuration::parse_open_string(text);
  if (!parsed.warnings.empty()) {
    // The driver's warning names the value that stays, but here no value is used.
    const std::string warning =
        parsed.warnings.front().substr(0, parsed.warnings.front().rfind("; it stays "));
    throw Failure("the options are not usable: " + warning.substr(warning.find(": ") + 2) +
                      "; `refwave config` lists what each key takes",
                  kUsage);
  }
  return text.empty() ? text : text.substr(1);
}

configuration::Configuration configuration_with(const DriverOptions& options) {
  const configuration::Parsed file = configuration::load_file(configuration::configuration_file());
  return configuration::parse_open_string(open_string(options), file.configuration).configuration;
}

}  // namespace refwave::cli
