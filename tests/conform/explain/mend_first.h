// Finds the rules to mend first, because one break causes others. A group of rules depends on other groups:
// for example, a rule about closing also opens, prepares and writes before it closes. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

/// Returns: the groups on which `group` depends directly.
std::vector<std::string_view> foundations_of(std::string_view group);

/// Returns: the broken rules whose groups depend on no other broken group, in the same order.
std::vector<Rule> first_to_mend(const std::vector<Rule>& broken);

/// Returns: a sentence that names these rules; empty if no break can be the consequence of another one.
std::string mend_first(const std::vector<Rule>& broken);

}  // namespace refwave::conform
