#include "bench/doctor/command.h"

#include <cstdio>

#include "bench/doctor/examine.h"
#include "bench/doctor/machine/machine.h"
#include "bench/doctor/page/discretion.h"
#include "bench/doctor/page/page.h"
#include "driver/cli/console/letters.h"
#include "driver/cli/console/output_file.h"
#include "driver/cli/console/platform.h"

namespace refwave::doctor {

int doctor(const DoctorOptions& options) {
  cli::OutputFile report(options.report);
  const Examination all = examine(options);
  const Page page = judge(all.facts);
  const std::size_t columns = cli::terminal_columns();
  if (!report.is_standard_output())
    std::fputs((options.json ? as_json(page, all.facts.self_test) : as_text(page, columns)).c_str(), stdout);
  if (report.is_wanted()) {
    const Person person = this_person();
    report.write(as_report(discreet(page, person), all.facts.began, discreet(all.configuration, person)));
    if (!options.json && !report.is_standard_output())
      std::fputs(
          cli::wrapped("wrote " + options.report + "; read it before you attach it to an issue", columns)
              .c_str(),
          stdout);
  }
  return page.wrongs() == 0 ? 0 : 1;
}

}  // namespace refwave::doctor
