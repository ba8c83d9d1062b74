// Chooses rules by an id, a group, or a pattern with * and ?, in which capital and small letters are equal,
// and explains them: a rule's reason, and the usual mistake in a driver that breaks it. One mistake often
// breaks many rules: which of them to fix first. Each rule has a mistake of its own; an output's and an
// input's rule share one. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/conform/client/finding.h"
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

/// Returns: the rule, its page, its reason and the usual mistake, in lines of `columns` letters.
std::string explanation(const Rule& rule, std::size_t columns);

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
