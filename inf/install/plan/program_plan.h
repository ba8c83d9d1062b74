// refwave for one program, without the registry: winmm.dll and refwave.drv beside the program's .exe. Pure.
#pragma once

#include "inf/install/picture/look.h"
#include "inf/install/plan/change.h"
#include "inf/install/plan/file_plan.h"

namespace refwave::install {

/// Returns: the bitness of the programs in `folder`; with `named`, of that one. Errors: Failure where there
/// is no program, no such one, both bitnesses, or one that refwave has no build for.
View bitness_of(const std::vector<Executable>& programs, const std::string& named, const std::string& folder);

/// What lies beside a program.
struct ProgramFiles {
  File driver;
  File winmm;
};

/// Returns: what puts both there. Errors: Failure where a foreign winmm.dll is there, unless forced; then it
/// is kept aside.
Plan plan_program_install(const ProgramFiles& files, Force force);

/// Returns: what takes ours away, and brings back what was kept.
Plan plan_program_uninstall(const ProgramFiles& files);

}  // namespace refwave::install
