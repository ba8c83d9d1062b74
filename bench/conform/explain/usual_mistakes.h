// The usual mistake in a driver that breaks a rule, and which of many broken rules to fix first: one mistake
// often breaks many rules. Each rule has a mistake of its own; an output's and an input's rule share one.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/conform/client/finding.h"
#include "bench/conform/rule.h"

namespace refwave::conform {

struct UsualMistake {
  std::string_view pattern;  // the rules: a message with ? and *, and a name without
  std::string_view text;
};

/// Returns: all of them. Where one mistake breaks several rules, the first of these rules is about that
/// mistake.
std::span<const UsualMistake> usual_mistakes();

/// Returns: the rule's. There is one for each rule.
const UsualMistake& usual_mistake_of(const Rule& rule);

/// Returns: of these broken rules the one that comes first in usual_mistakes(). Precondition: there is one.
const Rule& first_to_fix(const std::vector<Rule>& broken);

/// Returns: a sentence that names this rule, and where it crashed or hung, or else its usual mistake.
/// `others`: the number of other rules that crashed, too, or else have the same usual mistake.
std::string fix_first(const Rule& first, const Finding& finding, std::size_t others);

}  // namespace refwave::conform
