#include "inf/install/plan/program_plan.h"

#include "driver/cli/console/failure.h"
#include "driver/cli/console/letters.h"
#include "driver/cli/console/text.h"

namespace refwave::install {
namespace {

View view_of(const Executable& program) {
  if (program.architecture == Architecture::x64) return View::bits_64;
  if (program.architecture == Architecture::x86) return View::bits_32;
  throw cli::Failure(program.name + ": neither an x64 nor an x86 program; refwave has no build for it");
}

}  // namespace

View bitness_of(const std::vector<Executable>& programs, const std::string& named,
                const std::string& folder) {
  const Executable* first = nullptr;
  for (const Executable& program : programs) {
    if (!named.empty() && cli::lower(program.name) != cli::lower(named)) continue;
    if (first != nullptr && view_of(program) != view_of(*first)) {
      throw cli::Failure(folder + ": has 64-bit and 32-bit programs (" + first->name + ", " + program.name +
                         "); name one of them, as --program " +
                         cli::path_text(cli::to_path(folder) / first->name));
    }
    if (first == nullptr) first = &program;
  }
  if (first == nullptr)
    throw cli::Failure(folder + ": " +
                       (named.empty() ? "no program (.exe) in this folder" : "no program " + named) +
                       "; name the folder of the program's .exe, or the .exe");
  return view_of(*first);
}

Plan plan_program_install(const ProgramFiles& files, Force force) {
  Plan plan;
  place(files.driver, force, plan);
  // This file comes last, because it looks for the driver when it is loaded.
  place(files.winmm, force, plan);
  return plan;
}

Plan plan_program_uninstall(const ProgramFiles& files) {
  Plan plan;
  remove(files.winmm, plan);
  remove(files.driver, plan);
  return plan;
}

}  // namespace refwave::install
