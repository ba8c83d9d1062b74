// `refwave config`: prints the keys, checks the configuration file, or opens the driver's dialog.
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {
namespace {

struct ConfigOptions {
  bool check = false;
  bool dialog = false;
  std::string program;
};

/// Returns: the refwave.toml beside the program, of which `named` is the folder or the file.
configuration::ConfigurationFile file_beside(const std::string& named) {
  const std::filesystem::path target = std::filesystem::absolute(to_path(named));
  if (!std::filesystem::exists(target)) throw Failure(path_text(target) + ": no such folder or program");
  const std::filesystem::path folder = std::filesystem::is_directory(target) ? target : target.parent_path();
  return configuration::program_configuration_file(path_text(folder / ""));
}

int check(std::span<const configuration::ConfigurationFile> files) {
  bool has_warning = false;
  for (const configuration::ConfigurationFile& file : files) {
    const configuration::Parsed parsed = configuration::load_file(file);
    for (const std::string& warning : parsed.warnings) print_error(warning);
    has_warning |= !parsed.warnings.empty();
    if (!parsed.warnings.empty()) continue;
    const bool is_there = !file.path.empty() && std::filesystem::exists(to_path(file.path));
    std::printf("%s: %s\n", file.path.empty() ? "no configuration" : visible(file.path).c_str(),
                is_there ? "no warnings" : "no such file; the defaults apply");
  }
  return has_warning ? kFailed : 0;
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
  const bool for_program = !options.program.empty();
  if (options.check && for_program) return check(std::array{file_beside(options.program)});
  if (options.check) return check(configuration::configuration_files());
  if (for_program)
    std::printf("# For one program: save this as %s\n", visible(file_beside(options.program).path).c_str());
  std::fputs(configuration::configuration_as_toml().c_str(), stdout);
  return 0;
}

}  // namespace

void add_config(CommandLine& line) {
  const auto options = std::make_shared<ConfigOptions>();
  const Subcommand command = line.add("config", "Print every key of refwave.toml with its default");
  const Argument check =
      command.flag("--check", options->check, "Check the user's refwave.toml, and print its mistakes");
  const Argument program =
      command
          .option("--program", options->program,
                  "Print or check the refwave.toml of one program: the folder of its .exe, or the .exe")
          .folder();
  command.flag("--dialog", options->dialog, "Open the driver's dialog, on Windows")
      .excludes({check, program});
  command.runs([options] { return config(*options); });
}

}  // namespace refwave::cli
