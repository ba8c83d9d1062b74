// What usually is wrong in a driver that breaks a rule. Each rule has a mistake of its own; the same rule of
// an output and of an input share one. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

#include "tests/conform/rule.h"

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

}  // namespace refwave::conform
