// The findings as JUnit's XML, which systems for continuous integration read. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

std::string as_junit(const std::string& driver, const std::vector<Rule>& rules,
                     const std::vector<Finding>& findings);

}  // namespace refwave::conform
