// Chooses rules by an id, a group, or a pattern with * and ?. Capital and small letters are equal. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/conform/rule.h"

namespace refwave::conform {

/// Returns: whether `pattern` matches all of `text`.
bool matches(std::string_view pattern, std::string_view text);

/// Returns: whether `pattern` matches `rule`: its id, its message, its group ("reset"), or its id with the
/// group in the message's place ("reset.flags").
bool means(std::string_view pattern, const Rule& rule);

/// Returns: the rules that match any of `patterns`, in the order of the contract; all rules if there is no
/// pattern. Throws: cli::Failure, if a pattern matches no rule; its text has the name that was probably
/// meant.
std::vector<Rule> chosen_rules(const std::vector<std::string>& patterns);

}  // namespace refwave::conform
