// Finds the rule to mend first. A mistake often breaks many rules, of which one is about that mistake. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

/// Returns: of these broken rules the one that comes first in usual_mistakes(). Precondition: there is one.
const Rule& first_to_mend(const std::vector<Rule>& broken);

/// Returns: a sentence that names this rule and what usually is wrong. `others`: the other broken rules'
/// number.
std::string mend_first(const Rule& first, std::size_t others);

}  // namespace refwave::conform
