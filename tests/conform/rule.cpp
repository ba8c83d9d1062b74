#include "tests/conform/rule.h"

#include <algorithm>
#include <utility>

#include "tests/conform/rules/rules.h"

namespace refwave::conform {

std::vector<Rule> all_rules() {
  using Group = std::pair<std::string_view, std::span<const Rule>>;
  const Group groups[] = {{"driver", driver_rules()},     {"statistics", statistics_rules()},
                          {"callback", callback_rules()}, {"device", device_rules()},
                          {"open", open_rules()},         {"format", format_rules()},
                          {"header", header_rules()},     {"queue", queue_rules()},
                          {"reset", reset_rules()},       {"close", close_rules()},
                          {"position", position_rules()}, {"loop", loop_rules()},
                          {"volume", volume_rules()},     {"input", input_rules()},
                          {"client", client_rules()},     {"crowd", crowd_rules()}};
  std::vector<Rule> all;
  for (const auto& [name, group] : groups) {
    for (const Rule& rule : group) all.emplace_back(rule).group = name;
  }
  return all;
}

const Message& message_of(const Rule& rule) {
  return *std::ranges::find(all_messages(), rule.message(), &Message::name);
}

}  // namespace refwave::conform
