// Why a rule is there, and what usually is wrong. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/conform/rule.h"

namespace refwave::conform {

struct Advice {
  std::string_view pattern;  // of rules
  std::string_view why;      // what becomes of a program whose driver breaks the rule
  std::string_view usual;    // what usually is wrong
};

/// Returns: the first in the table whose pattern means the rule; there is one for every rule.
const Advice& advice_on(const Rule& rule);

/// Returns: the rule, its page, why it is there and what usually is wrong, in lines of `columns` letters.
std::string explanation(const Rule& rule, std::size_t columns);

}  // namespace refwave::conform
