#include "bench/conform/explain/explain.h"

#include <algorithm>

#include "driver/configuration/nearest_name.h"
#include "inf/cli/console/failure.h"

namespace refwave::conform {
namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view meant_by(std::string_view pattern, const std::vector<Rule>& rules) {
  std::vector<std::string_view> names;
  for (const Rule& rule : rules) names.insert(names.end(), {rule.id, rule.group, rule.message()});
  return configuration::nearest_name(pattern, names);
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*' && matches(pattern.substr(1), text)) return true;
  if (text.empty()) return false;
  if (pattern[0] == '*') return matches(pattern, text.substr(1));
  const bool is_same = pattern[0] == '?' || small(pattern[0]) == small(text[0]);
  return is_same && matches(pattern.substr(1), text.substr(1));
}

bool means(std::string_view pattern, const Rule& rule) {
  const std::string_view name = rule.id.substr(rule.id.find('.'));
  return matches(pattern, rule.id) || matches(pattern, rule.group) || matches(pattern, rule.message()) ||
         matches(pattern, std::string(rule.group) + std::string(name));
}

std::vector<Rule> chosen_rules(const std::vector<std::string>& patterns) {
  std::vector<Rule> rules = all_rules();
  if (patterns.empty()) return rules;
  for (const std::string& pattern : patterns) {
    if (std::ranges::any_of(rules, [&](const Rule& rule) { return means(pattern, rule); })) continue;
    const std::string_view meant = meant_by(pattern, rules);
    throw cli::Failure(pattern + ": no such rule; " +
                           (meant.empty() ? "`refwave conform --list` prints all"
                                          : "did you mean " + std::string(meant) + "?"),
                       cli::kUsage);
  }
  std::erase_if(rules, [&](const Rule& rule) {
    return std::ranges::none_of(patterns, [&](const std::string& pattern) { return means(pattern, rule); });
  });
  return rules;
}

}  // namespace refwave::conform
