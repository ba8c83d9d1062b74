// The command `refwave`: its subcommands in the order of the help. Each error is printed as one line.
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/help/command_line.h"

namespace refwave::cli {

// Each subcommand is defined with its topic: here, in bench or in inf/install.
void add_play(CommandLine& line);
void add_record(CommandLine& line);
void add_devices(CommandLine& line);
void add_latency(CommandLine& line);
void add_loopback(CommandLine& line);
void add_trace(CommandLine& line);
void add_tune(CommandLine& line);
void add_watch(CommandLine& line);
void add_doctor(CommandLine& line);
void add_config(CommandLine& line);
void add_conform(CommandLine& line);
void add_install(CommandLine& line);  // and uninstall, repair, status

}  // namespace refwave::cli

int main(int count, char** words) {
  using namespace refwave::cli;
  const Console console;
  try {
    CommandLine line("plays, records and measures through the wave driver refwave.drv", "refwave");
    for (const auto add : {add_play, add_record, add_devices, add_latency, add_loopback, add_trace, add_tune,
                           add_watch, add_doctor, add_config, add_conform, add_install})
      add(line);
    return line.run(command_line(count, words));
  } catch (const Failure& failure) {
    print_error(failure.what());
    return failure.exit_status();
  } catch (const std::exception& error) {
    print_error(std::string("unexpected: ") + error.what() + "; please report it");
    return kFailed;
  }
}
