// The findings in the form of JUnit's XML, which continuous integrations read. Pure.
#pragma once

#include <string>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

std::string as_junit(const std::string& driver, const std::vector<Rule>& rules,
                     const std::vector<Finding>& findings);

}  // namespace refwave::conform
