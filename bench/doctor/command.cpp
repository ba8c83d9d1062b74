// `refwave doctor`: judges the facts of this machine, and prints the page.
#include <cstdio>
#include <memory>

#include "bench/doctor/examine.h"
#include "bench/doctor/machine/machine.h"
#include "bench/doctor/page/page.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::doctor {
namespace {

/// Returns: the exit status, 0 if everything is right, 1 if something is not.
int doctor(const DoctorOptions& options) {
  cli::OutputFile report(options.report);
  const Facts facts = examine(options);
  const Page page = judge(facts);
  const std::size_t columns = cli::terminal_columns();
  if (!report.is_standard_output())
    std::fputs((options.json ? as_json(page, facts.self_test) : as_text(page, columns)).c_str(), stdout);
  if (report.is_wanted()) {
    const Person person = this_person();
    report.write(as_report(page, facts, person));
    if (!options.json && !report.is_standard_output())
      std::fputs(
          cli::wrapped("wrote " + options.report + "; read it before you attach it to an issue", columns)
              .c_str(),
          stdout);
  }
  return page.wrongs() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace refwave::doctor

namespace refwave::cli {

void add_doctor(CommandLine& line) {
  const auto options = std::make_shared<doctor::DoctorOptions>();
  const Subcommand command =
      line.add("doctor", "Check this machine, and say what is wrong and how to fix it");
  add_driver_options(command, options->driver);
  command
      .option("--report", options->report,
              "File for an issue: the page without your name, and every key of the configuration")
      .file();
  command.flag("-j,--json", options->json, "Print JSON");
  command.runs([options] { return doctor::doctor(*options); });
}

}  // namespace refwave::cli
