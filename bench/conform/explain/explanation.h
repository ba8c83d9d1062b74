// Explains a rule: its reason, and the usual mistake in a driver that breaks it. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "bench/conform/rule.h"

namespace refwave::conform {

/// Returns: the rule, its page, its reason and the usual mistake, in lines of `columns` letters.
std::string explanation(const Rule& rule, std::size_t columns);

}  // namespace refwave::conform
