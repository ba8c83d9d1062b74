#include "bench/conform/rule.h"

#include <algorithm>
#include <utility>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

std::function<void(Subject&)> test_of(const Entry& entry, Direction direction) {
  if (entry.test != nullptr) return entry.test;
  return [test = entry.directed, direction](Subject& subject) { test(subject, direction); };
}

}  // namespace

std::vector<Rule> all_rules() {
  using Group = std::pair<std::string_view, std::span<const Entry>>;
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
    for (const Direction direction : {kOut, kIn}) {
      for (const Entry& entry : group) {
        const std::string_view id = direction == kOut ? entry.id : entry.input_id;
        if (!id.empty()) all.push_back({id, entry.sentence, test_of(entry, direction), entry.traits, name});
      }
    }
  }
  return all;
}

const Message& message_of(const Rule& rule) {
  return *std::ranges::find(all_messages(), rule.message(), &Message::name);
}

}  // namespace refwave::conform
