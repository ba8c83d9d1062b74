// `refwave config`: the keys, and what is wrong with the file that is there.
#include <cstdio>
#include <filesystem>

#include "driver/cli/commands.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {

int config(const ConfigOptions& options) {
  if (!options.check) {
    std::fputs(configuration::configuration_as_toml().c_str(), stdout);
    return 0;
  }
  const configuration::ConfigurationFile file = configuration::configuration_file();
  const configuration::Parsed parsed = configuration::load_file(file);
  for (const std::string& warning : parsed.warnings) print_error(warning);
  if (!parsed.warnings.empty()) return kFailed;
  const bool is_there = !file.path.empty() && std::filesystem::exists(to_path(file.path));
  std::printf("%s: %s\n", file.path.empty() ? "no configuration" : file.path.c_str(),
              is_there ? "nothing to complain about" : "no such file, and none is needed: the defaults hold");
  return 0;
}

}  // namespace refwave::cli
