// `refwave config`: the keys, and what is wrong with the file that is there.
#include <cstdio>

#include "driver/cli/commands.h"
#include "driver/cli/failure.h"

namespace refwave::cli {

int config(const ConfigOptions& options) {
  if (!options.check) {
    std::fputs(stream::configuration_as_toml().c_str(), stdout);
    return 0;
  }
  const stream::ConfigurationFile file = stream::configuration_file();
  const stream::Parsed parsed = stream::load_file(file);
  for (const std::string& warning : parsed.warnings) print_error(warning);
  if (!parsed.warnings.empty()) return kFailed;
  std::printf("%s: nothing to complain about\n", file.path.empty() ? "no file" : file.path.c_str());
  return 0;
}

}  // namespace refwave::cli
