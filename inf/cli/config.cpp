// `refwave config`: prints the keys, checks the configuration file, or opens the driver's dialog.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {
namespace {

struct ConfigOptions {
  bool check = false;
  bool dialog = false;
};

int check() {
  const configuration::ConfigurationFile file = configuration::configuration_file();
  const configuration::Parsed parsed = configuration::load_file(file);
  for (const std::string& warning : parsed.warnings) print_error(warning);
  if (!parsed.warnings.empty()) return kFailed;
  const bool is_there = !file.path.empty() && std::filesystem::exists(to_path(file.path));
  std::printf("%s: %s\n", file.path.empty() ? "no configuration" : visible(file.path).c_str(),
              is_there ? "no warnings" : "no such file; the defaults apply");
  return 0;
}

int show_dialog() {
  const std::optional<LRESULT> answer = DriverSession({}).show_dialog();
  if (!answer)
    throw Failure("there is no dialog on this system; `refwave config` prints what refwave.toml may say");
  std::puts(*answer == DRVCNF_CANCEL
                ? "nothing was saved"
                : "saved; programs that have refwave open use it when they open it again");
  return 0;
}

int config(const ConfigOptions& options) {
  if (options.dialog) return show_dialog();
  if (options.check) return check();
  std::fputs(configuration::configuration_as_toml().c_str(), stdout);
  return 0;
}

}  // namespace

void add_config(CommandLine& line) {
  const auto options = std::make_shared<ConfigOptions>();
  const Subcommand command = line.add("config", "Print every key of refwave.toml with its default");
  const Argument check =
      command.flag("--check", options->check, "Check the user's refwave.toml, and print its mistakes");
  command.flag("--dialog", options->dialog, "Open the driver's dialog, on Windows").excludes({check});
  command.runs([options] { return config(*options); });
}

}  // namespace refwave::cli
