// The rules and their findings as text, JSON and Markdown. Pure, but for printing.
#pragma once

#include <string>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

/// Returns: "WODM_RESET.flags  kept", and what was seen, in lines of `columns` letters.
std::string text_line(const Rule& rule, const Finding& finding, std::size_t columns);
/// Returns: "126 rules: 125 kept, 0 broken, 1 not applicable".
std::string summary(const std::vector<Finding>& findings);
/// Returns: all of it. `findings`: in the rules' order.
std::string as_json(const std::string& driver, const std::vector<Rule>& rules,
                    const std::vector<Finding>& findings);
/// Returns: the contract as driver/winmm/MESSAGES.md holds it.
std::string as_markdown();

}  // namespace refwave::conform
