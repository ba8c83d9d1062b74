// The installer's decisions: from what is there to what is to be done, or why not. Pure; any thread.
//
// No plan moves or loses another driver's value. A value that --force replaces is written into the record
// before its slot is, and comes back when refwave leaves the slot.
#pragma once

#include "inf/install/plan/change.h"
#include "inf/install/plan/file_plan.h"

namespace refwave::install {

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

}  // namespace refwave::install
