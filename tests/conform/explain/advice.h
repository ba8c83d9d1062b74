// The reason for each rule, and the usual mistake of drivers that break it. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/conform/rule.h"

namespace refwave::conform {

struct Advice {
  std::string_view pattern;  // the rules that the advice is for
  std::string_view why;      // the effect on programs if a driver breaks the rule
  std::string_view usual;    // the usual mistake
  std::string_view place{};  // where refwave does it, if not where it takes the message
};

/// Returns: the first advice whose pattern matches the rule. There is one for each rule.
const Advice& advice_on(const Rule& rule);

/// Returns: the rule, its page, its reason and the usual mistake, in lines of `columns` letters.
std::string explanation(const Rule& rule, std::size_t columns);

}  // namespace refwave::conform
