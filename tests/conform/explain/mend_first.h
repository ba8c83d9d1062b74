// When one break causes others: groups of rules stand on other groups, because a rule about closing opens,
// prepares and writes before it closes. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

/// Returns: the groups on which `group` stands, directly.
std::vector<std::string_view> foundations_of(std::string_view group);

/// Returns: those of the broken rules whose groups stand on no other broken group, in the same order.
std::vector<Rule> first_to_mend(const std::vector<Rule>& broken);

/// Returns: a sentence that names them; empty if no break can be the consequence of another.
std::string mend_first(const std::vector<Rule>& broken);

}  // namespace refwave::conform
