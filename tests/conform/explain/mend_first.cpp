#include "tests/conform/explain/mend_first.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace refwave::conform {
namespace {

using Step = std::vector<std::string_view>;

const std::vector<Step>& steps() {
  static const std::vector<Step> all = {
      {"DRV_LOAD.answers_1", "DRV_OPEN.identifies_each"},
      {"WODM_OPEN.whole_instance", "WIDM_OPEN.whole_instance"},
      {"WOM_OPEN.first", "WIM_OPEN.first"},
      {"WODM_PREPARE.sets_prepared", "WIDM_PREPARE.sets_prepared", "WODM_WRITE.in_queue",
       "WIDM_ADDBUFFER.in_queue"},
      {"WOM_DONE.flags", "WIM_DATA.flags"},
      {"WOM_DONE.once_in_order", "WIM_DATA.once_in_order"},
      {"WODM_RESET.flags", "WODM_RESET.once_in_order", "WIDM_RESET.flags", "WIDM_RESET.once_in_order"},
      {"WODM_CLOSE.after_reset", "WIDM_CLOSE.after_reset", "WOM_CLOSE.last", "WIM_CLOSE.last"}};
  return all;
}

}  // namespace

std::vector<Rule> first_to_mend(const std::vector<Rule>& broken) {
  for (const Step& step : steps()) {
    std::vector<Rule> first;
    std::ranges::copy_if(broken, std::back_inserter(first),
                         [&](const Rule& rule) { return std::ranges::find(step, rule.id) != step.end(); });
    if (!first.empty()) return first;
  }
  return broken;
}

std::string mend_first(const std::vector<Rule>& broken) {
  const std::vector<Rule> first = first_to_mend(broken);
  if (first.size() == broken.size()) return {};
  std::string names;
  for (const Rule& rule : first) names.append(names.empty() ? "" : ", ").append(rule.id);
  const std::size_t others = broken.size() - first.size();
  return "mend first: " + names + "; nearly every rule does that, so the other " + std::to_string(others) +
         (others == 1 ? " break" : " breaks") + " may follow from it";
}

}  // namespace refwave::conform
