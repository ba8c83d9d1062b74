#include "bench/doctor/examine.h"

#include <string>

#include "driver/cli/console/letters.h"
#include "driver/cli/console/text.h"
#include "inf/install/picture/look.h"
#include "inf/install/picture/program_file.h"

namespace refwave::doctor {
namespace {

namespace fs = std::filesystem;
using install::Architecture;

const char* name_of(Architecture architecture) {
  switch (architecture) {
    case Architecture::x64:
      return "64-bit";
    case Architecture::x86:
      return "32-bit";
    case Architecture::arm64:
      return "ARM64";
    case Architecture::other:
      break;
  }
  return "of no known kind";
}

/// Returns: all programs in the folder; or only the program `named`, if that is not empty.
std::vector<install::Executable> programs_in(const fs::path& folder, const std::string& named) {
  std::vector<install::Executable> programs = install::executables_in(folder);
  if (!named.empty())
    std::erase_if(programs,
                  [&](const auto& program) { return cli::lower(program.name) != cli::lower(named); });
  return programs;
}

void look_at_file(const fs::path& file, const std::vector<install::Executable>& programs, Drivers& drivers) {
  const std::string name = cli::path_text(file);
  const auto problem = [&](const std::string& what) {
    drivers.dropin_problems.push_back(name + ": " + what);
  };
  std::error_code error;
  if (!fs::exists(file, error)) {
    problem("missing");
    return;
  }
  const auto content = install::read_program_file(file);
  if (!content || content->product != "refwave") {
    problem("not refwave's");
    return;
  }
  bool fits = true;
  for (const install::Executable& program : programs) {
    if (program.architecture == content->architecture) continue;
    fits = false;
    problem(std::string(name_of(content->architecture)) + ", but " + program.name + " is " +
            name_of(program.architecture));
  }
  if (fits)
    drivers.dropins.push_back(name + ": refwave " + content->version + ", " + name_of(content->architecture));
}

}  // namespace

void look_at_dropin(const fs::path& program, Drivers& drivers) {
  std::error_code error;
  const bool is_folder = fs::is_directory(program, error);
  const fs::path folder = is_folder ? program : program.parent_path();
  const auto programs = programs_in(folder, is_folder ? "" : cli::path_text(program.filename()));
  if (programs.empty())
    drivers.dropin_problems.push_back(cli::path_text(program) + ": no program (.exe) there");
  for (const char* name : {"winmm.dll", "refwave.drv"}) look_at_file(folder / name, programs, drivers);
}

}  // namespace refwave::doctor
