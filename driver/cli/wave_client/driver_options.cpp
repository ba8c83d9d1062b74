#include "driver/cli/wave_client/driver_options.h"

#include "driver/cli/console/failure.h"
#include "driver/cli/help/command_line.h"

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

void add_driver_options(const Subcommand& command, DriverOptions& options) {
  command
      .option("-D,--driver", options.driver,
              "Wave driver to use instead of the refwave.drv beside this command")
      .file();
  command
      .option("-O,--option", options.settings, "Any key of `refwave config`, as key=value; may be repeated")
      .value("KEY=VALUE")
      .repeats();
}

void add_device_options(const Subcommand& command, DriverOptions& options) {
  add_driver_options(command, options);
  command
      .option("-d,--device", options.device,
              "Device, by its name in `refwave devices` or a unique part of it")
      .value("DEVICE");
  command.option("-p,--period", options.period, "Frames the device renders or records at a time").value("N");
  command.option("-c,--completion", options.completion, "Who reports a finished block")
      .one_of({"deferred", "direct"});
}

void add_wake_option(const Subcommand& command, DriverOptions& options) {
  command.option("-w,--wake", options.wake, "How the thread that reports waits")
      .one_of({"park", "predict", "spin"});
}

void add_block_options(const Subcommand& command, std::uint32_t& buffers, std::uint32_t& block_frames) {
  command.option("-n,--buffers", buffers, "Blocks in flight").range(1, 1024).shows_default();
  command.option("-b,--block", block_frames, "Frames in a block").range(1, 1 << 22);
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
