#include "tests/conform/explain/mend_first.h"

#include <algorithm>

#include "tests/conform/explain/usual_mistakes.h"

namespace refwave::conform {

const Rule& first_to_mend(const std::vector<Rule>& broken) {
  return *std::ranges::min_element(broken, {}, [](const Rule& rule) { return &usual_mistake_of(rule); });
}

std::string mend_first(const Rule& first, std::size_t others) {
  std::string text = "mend first: " + std::string(first.id);
  if (others > 0)
    text += "; the other " + std::to_string(others) + (others == 1 ? " break" : " breaks") +
            " may follow from it";
  return text + ". What usually is wrong: " + std::string(usual_mistake_of(first).text);
}

}  // namespace refwave::conform
