// Which rules a person means: an id, a group, or a pattern with * and ?. Capital and small letters are equal.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/conform/rule.h"

namespace refwave::conform {

/// Returns: whether `pattern` matches all of `text`.
bool matches(std::string_view pattern, std::string_view text);

/// Returns: whether `pattern` means `rule`: by its id, or by its group in place of the message
/// ("reset", "reset.flags").
bool means(std::string_view pattern, const Rule& rule);

/// Returns: the rules that any of `patterns` means, in the order of the contract; all if there is no pattern.
/// Throws: cli::Failure, with what was probably meant, if a pattern means none.
std::vector<Rule> chosen_rules(const std::vector<std::string>& patterns);

}  // namespace refwave::conform
