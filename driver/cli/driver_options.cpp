#include "driver/cli/driver_options.h"

#include "driver/cli/failure.h"

namespace refwave::cli {
namespace {

/// Returns: ";key=\"value\"", or nothing for a value that was not given.
std::string setting(std::string_view key, std::string_view value) {
  if (value.empty()) return {};
  std::string text = ";" + std::string(key) + "=\"";
  for (const char c : value) text.append(c == '"' ? "\"\"" : std::string(1, c));
  return text + '"';
}

}  // namespace

std::string open_string(const DriverOptions& options) {
  std::string text = setting("device", options.device);
  if (!options.device.empty()) text += ";fallback=none";
  text += setting("period", options.period) + setting("rate", options.rate);
  text += setting("completion", options.completion) + setting("wake", options.wake);
  text += setting("done", options.done) + setting("capture", options.capture);
  for (const std::string& given : options.settings) text += ";" + given;
  const stream::Parsed parsed = stream::parse_open_string(text);
  if (!parsed.warnings.empty()) {
    const std::string& warning = parsed.warnings.front();
    throw Failure("the options are not usable: " + warning.substr(warning.find(": ") + 2) +
                      "; `refwave config` lists what each key takes",
                  kUsage);
  }
  return text.empty() ? text : text.substr(1);
}

stream::Configuration configuration(const DriverOptions& options) {
  const stream::Parsed file = stream::load_file(stream::configuration_file());
  return stream::parse_open_string(open_string(options), file.configuration).configuration;
}

}  // namespace refwave::cli
