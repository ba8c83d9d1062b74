// The installer's decisions: from the machine's state to a plan, or an error. Pure; any thread.
//
// No plan moves or loses another driver's value. A value that --force replaces is recorded before its slot is
// written, and restored when refwave leaves the slot.
#pragma once

#include "inf/install/picture/look.h"
#include "inf/install/plan/change.h"

namespace refwave::install {

enum class Force { no, yes };

/// Returns: the steps that complete an installation: in each view the file in the system folder, and the
/// first free slot; and the device that keeps these. Force: without a free slot, the last one; a foreign
/// refwave.drv is kept aside. Errors: Failure, which names the holders if no slot is free.
Plan plan_install(const Snapshot& snapshot, Force force);

/// Returns: as plan_install; refwave also moves to a free slot before its own, or from a slot taken by force.
/// Errors: Failure also if refwave is not installed.
Plan plan_repair(const Snapshot& snapshot, Force force);

/// Returns: the steps that remove refwave. Never fails: foreign files are kept, with a remark.
Plan plan_uninstall(const Snapshot& snapshot);

/// Returns: "refwave repair", for another's driver with --driver.
std::string command(const std::string& name, const Snapshot& snapshot);

enum class Health { installed, not_installed, needs_repair };

struct Diagnosis {
  Health health;
  std::vector<std::string> reasons;  // for a repair
};

Diagnosis diagnose(const Snapshot& snapshot);

/// Returns: the slots of each view (only with refwave's own state), the files, the device, and the diagnosis,
/// as lines for the user.
std::string status_text(const Snapshot& snapshot);

// One file of an installation. A file that may be in use is renamed, not overwritten, which Windows permits
// for a loaded DLL. A new file is copied under another name first, so that programs never load half a file.

/// Effects: plans that `file` equals its source. Errors: cli::Failure if there is no source, it is not
/// refwave's, or a foreign file has the name; with force one such file is kept aside.
void place(const File& file, Force force, Plan& plan);

/// Effects: plans the removal of our file, and the return of the one kept aside. A foreign file is kept.
void remove(const File& file, Plan& plan);

// refwave for one program, without the registry: winmm.dll and refwave.drv beside the program's .exe.

/// Errors: Failure for other processors.
View view_of(const Executable& file);

/// Returns: the bitness of the programs in `folder`, or of `named`. Errors: Failure if there is no such
/// program, or there are both bitnesses, or one without a build of refwave.
View bitness_of(const std::vector<Executable>& programs, const std::string& named, const std::string& folder);

struct ProgramFiles {
  File driver;
  File winmm;
};

/// `programs`: those in the folder.
Diagnosis diagnose(const ProgramFiles& files, const std::vector<Executable>& programs);

/// Returns: one line for the folder. `used`: when it last was; empty: not yet; nothing: not recorded.
std::string status_text(const std::string& folder, const ProgramFiles& files, const Diagnosis& diagnosis,
                        const std::optional<std::string>& used);

/// Returns: the steps that install both. Errors: Failure for a foreign winmm.dll, unless forced; then it is
/// kept aside.
Plan plan_program_install(const ProgramFiles& files, Force force);

/// Returns: the steps that remove ours, and restore what was kept aside.
Plan plan_program_uninstall(const ProgramFiles& files);

}  // namespace refwave::install
