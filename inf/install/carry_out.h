// Executes a plan, all or nothing.
#pragma once

#include <functional>

#include "inf/install/machine/machine.h"
#include "inf/install/plan/change.h"

namespace refwave::install {

using Say = std::function<void(const std::string&)>;

/// Effects: makes the plan's changes in order, then discards its files. If a change fails, the earlier ones
/// are undone, last first. `say` gets each step. Errors: Failure with what failed, and whether anything is
/// left for `refwave repair`.
void carry_out(const Plan& plan, System& system, const Say& say);

/// Effects: `say` gets all that carry_out() would do.
void preview(const Plan& plan, const Say& say);

}  // namespace refwave::install
