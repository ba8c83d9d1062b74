// Does what a plan says, or nothing.
#pragma once

#include <functional>

#include "inf/install/machine/machine.h"
#include "inf/install/plan/change.h"

namespace refwave::install {

using Say = std::function<void(const std::string&)>;

/// Effects: makes the plan's changes in order, then discards its files. If a change fails, those before it
/// are undone, last first. `say` hears of each step as it is done. Errors: Failure with what failed, and
/// whether anything is left for `refwave repair`.
void carry_out(const Plan& plan, System& system, const Say& say);

/// Effects: says all that carry_out would do.
void preview(const Plan& plan, const Say& say);

}  // namespace refwave::install
