// The rules and their findings as text, JSON, JUnit's XML and Markdown. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "bench/conform/rule.h"

namespace refwave::conform {

/// Returns: an id and a text behind it, in lines of `columns` letters; `indent`: the later lines'.
std::string beside(std::string_view id, std::string_view text, std::size_t columns, std::size_t indent);
/// Returns: "WODM_RESET.flags  kept", and the behaviour that was seen, in lines of `columns` letters.
std::string text_line(const Rule& rule, const Finding& finding, std::size_t columns);
/// Returns: how many findings have this outcome.
unsigned count(const std::vector<Finding>& findings, Outcome outcome);
/// Returns: "126 rules: 125 kept, 0 broken, 1 not applicable".
std::string summary(const std::vector<Finding>& findings);
/// Returns: all rules and findings as one object. `findings`: in the rules' order.
std::string as_json(const std::string& driver, const std::vector<Rule>& rules,
                    const std::vector<Finding>& findings);
/// Returns: the same as JUnit's XML, which systems for continuous integration read.
std::string as_junit(const std::string& driver, const std::vector<Rule>& rules,
                     const std::vector<Finding>& findings);
/// Returns: the text of driver/winmm/MESSAGES.md.
std::string as_markdown();

}  // namespace refwave::conform
