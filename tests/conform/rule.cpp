#include "tests/conform/rule.h"

#include <array>

#include "tests/conform/rules/rules.h"

namespace refwave::conform {

std::vector<Rule> all_rules() {
  const std::array groups = {driver_rules(), statistics_rules(), callback_rules(), device_rules(),
                             open_rules(),   format_rules(),     header_rules(),   queue_rules(),
                             reset_rules(),  close_rules(),      position_rules(), loop_rules(),
                             volume_rules(), input_rules(),      client_rules(),   crowd_rules()};
  std::vector<Rule> all;
  for (const std::span<const Rule> group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace refwave::conform
