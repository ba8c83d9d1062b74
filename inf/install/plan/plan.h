// The installer's decisions: from what is there to what is to be done, or why not. Pure; any thread.
//
// No plan moves or loses another driver's value. A value that --force replaces is written into the record
// before its slot is, and comes back when refwave leaves the slot.
#pragma once

#include "inf/install/picture/look.h"
#include "inf/install/plan/change.h"

namespace refwave::install {

enum class Force { no, yes };

/// Returns: what completes an installation in every view: the file in the system folder, and the first free
/// slot where refwave has none. Force: where no slot is free the last one is taken; a foreign refwave.drv is
/// kept aside. Errors: Failure, which names the holders where no slot is free.
Plan plan_install(const Snapshot& snapshot, Force force);

/// Returns: as plan_install; and a refwave that stands after a free slot, or in a slot taken by force when
/// another is free, moves to the free one. Errors: Failure also where nothing of refwave is installed.
Plan plan_repair(const Snapshot& snapshot, Force force);

/// Returns: what takes refwave out of every view. Never fails: what is not refwave's stays, with a remark.
Plan plan_uninstall(const Snapshot& snapshot);

enum class Health { installed, not_installed, needs_repair };

struct Diagnosis {
  Health health;
  std::vector<std::string> reasons;  // what is to be repaired
};

Diagnosis diagnose(const Snapshot& snapshot);

/// Returns: every slot of every view with its holder, the files, and the diagnosis; lines for people.
std::string status_text(const Snapshot& snapshot);

// One file of an installation: the steps to its place and away from there. A file that programs may be using
// is renamed, not overwritten. Windows allows this for a loaded DLL, so a new version serves at once. A new
// file is copied under another name first, so that half a file never has the name that programs load.

/// Effects: adds to `plan` what makes `file` equal its source. Errors: cli::Failure where there is no source,
/// or it is not refwave's, or where another's file has the name: with force that is kept, but only one.
void place(const File& file, Force force, Plan& plan);

/// Effects: adds to `plan` what takes our file away and gives the name back to the file that was kept. A file
/// that is not ours stays.
void remove(const File& file, Plan& plan);

// refwave for one program, without the registry: winmm.dll and refwave.drv beside the program's .exe.

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
