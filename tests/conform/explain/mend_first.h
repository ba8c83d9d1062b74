// Finds the rules to mend first. The client of nearly every rule takes the same steps: it loads the driver,
// opens a stream, writes headers, is told of them, resets and closes. A rule about one of these steps is a
// part of the others. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

/// Returns: the broken rules about the first of the steps that is broken; all of them if no step is.
std::vector<Rule> first_to_mend(const std::vector<Rule>& broken);

/// Returns: a sentence that names these rules; empty if no break can be the consequence of another one.
std::string mend_first(const std::vector<Rule>& broken);

}  // namespace refwave::conform
