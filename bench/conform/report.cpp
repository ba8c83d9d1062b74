#include "bench/conform/report.h"

#include <algorithm>
#include <set>

#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"

namespace refwave::conform {
namespace {

std::string escaped(std::string_view text) { return cli::markup(cli::visible(text)); }

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

/// Effects: adds the name to a list, once.
void add(std::string& list, std::string_view name) {
  if (list.find(code(name)) == std::string::npos) list.append(list.empty() ? "" : ", ").append(code(name));
}

/// Returns: the messages with a rule that says the same as one of this message's: itself and, as a rule, its
/// twin of the other direction.
std::vector<std::string_view> alike(const Message& message, const std::vector<Rule>& rules) {
  std::vector<std::string_view> names;
  for (const Message& other : all_messages())
    for (const Rule& rule : rules)
      if (rule.message() == other.name && std::ranges::any_of(rules, [&](const Rule& one) {
            return one.message() == message.name && one.sentence == rule.sentence;
          })) {
        names.push_back(other.name);
        break;
      }
  return names;
}

/// Returns: the ids of the rules that say this, in order; the name alone of those that all messages have.
std::string ids_of(std::string_view sentence, const std::vector<std::string_view>& messages,
                   const std::vector<Rule>& rules) {
  std::string ids;
  for (const Rule& rule : rules) {
    if (rule.sentence != sentence) continue;
    const std::string_view name = rule.id.substr(rule.message().size() + 1);
    const bool all_have_it = std::ranges::all_of(messages, [&](std::string_view message) {
      return std::ranges::any_of(rules, [&](const Rule& other) {
        return other.sentence == sentence && other.message() == message && other.id.ends_with(name);
      });
    });
    add(ids, messages.size() > 1 && all_have_it ? name : rule.id);
  }
  return ids;
}

/// Returns: the section of the messages whose first one this is, or nothing.
std::string section(const Message& first, const std::vector<Rule>& rules) {
  const std::vector<std::string_view> messages = alike(first, rules);
  if (messages.front() != first.name) return {};
  std::string text = "\n## ";
  for (const std::string_view message : messages)
    text.append(message == first.name ? "" : ", ").append(message);
  text += "\nIn " + code(first.file) + ", " + code(first.function) + ".\n";
  std::set<std::string_view> known;
  for (const Rule& rule : rules) {
    if (std::ranges::find(messages, rule.message()) == messages.end() || !known.insert(rule.sentence).second)
      continue;
    text.append("- ").append(ids_of(rule.sentence, messages, rules)).append(": ").append(rule.sentence);
    text.append(rule.is(kOurs) ? " *(ours)*\n" : "\n");
  }
  return text;
}

}  // namespace

unsigned count(const std::vector<Finding>& findings, Outcome outcome) {
  return static_cast<unsigned>(std::ranges::count(findings, outcome, &Finding::outcome));
}

std::string beside(std::string_view id, std::string_view text, std::size_t columns, std::size_t indent) {
  constexpr std::size_t kId = 35;
  if (columns < 80) return std::string(id) + "\n    " + cli::wrapped(text, columns, 4, 4);
  return cli::left(std::string(id), kId) + cli::wrapped(text, columns, indent, kId);
}

std::string text_line(const Rule& rule, const Finding& finding, std::size_t columns) {
  std::string what = outcome_name(finding.outcome);
  if (!finding.seen.empty()) what += ": " + cli::visible(finding.seen);
  std::string line = beside(rule.id, what, columns, 4);
  if (finding.outcome == Outcome::broken)
    line += "    " + cli::wrapped("rule: " + std::string(rule.sentence), columns, 4, 4);
  return line;
}

std::string summary(const std::vector<Finding>& findings) {
  return cli::formatted("%u rule%s: %u kept, %u broken, %u not applicable",
                        static_cast<unsigned>(findings.size()), findings.size() == 1 ? "" : "s",
                        count(findings, Outcome::kept), count(findings, Outcome::broken),
                        count(findings, Outcome::not_applicable));
}

std::string as_json(const std::string& driver, const std::vector<Rule>& rules,
                    const std::vector<Finding>& findings) {
  cli::Json list = cli::Json::array();
  for (std::size_t i = 0; i < rules.size(); ++i)
    list.push_back({{"id", rules[i].id},
                    {"message", rules[i].message()},
                    {"document", message_of(rules[i]).document},
                    {"rule", rules[i].sentence},
                    {"ours", rules[i].is(kOurs)},
                    {"outcome", outcome_name(findings[i].outcome)},
                    {"seen", findings[i].seen}});
  const cli::Json report = {{"driver", driver},
                            {"rules", list},
                            {"kept", count(findings, Outcome::kept)},
                            {"broken", count(findings, Outcome::broken)},
                            {"not_applicable", count(findings, Outcome::not_applicable)}};
  return cli::json_text(report, 2) + "\n";
}

std::string as_junit(const std::string& driver, const std::vector<Rule>& rules,
                     const std::vector<Finding>& findings) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"" +
                     escaped(driver) +
                     cli::formatted("\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n",
                                    static_cast<unsigned>(rules.size()), count(findings, Outcome::broken),
                                    count(findings, Outcome::not_applicable));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    const std::string seen = escaped(findings[i].seen);
    text += "<testcase classname=\"" + escaped(rule.message()) + "\" name=\"" + escaped(rule.id) + "\"";
    if (findings[i].outcome == Outcome::kept) {
      text += "/>\n";
    } else if (findings[i].outcome == Outcome::broken) {
      text += "><failure message=\"" + seen + "\">" + escaped(rule.sentence) + "</failure></testcase>\n";
    } else {
      text += "><skipped message=\"" + seen + "\"/></testcase>\n";
    }
  }
  return text + "</testsuite>\n</testsuites>\n";
}

std::string as_markdown() {
  std::string text =
      "# The messages of a wave driver\n\n"
      "What a driver must do with each message, and where refwave does it. Each item is a rule of `refwave\n"
      "conform`, which checks any wave driver. A name without a message is a rule of each message in the\n"
      "heading; *(ours)* marks refwave's own choices, which do not bind other drivers. `refwave conform\n"
      "--explain RULE` names Microsoft's page and the usual mistake, `refwave conform --markdown` prints\n"
      "this file.\n";
  const std::vector<Rule> rules = all_rules();
  for (const Message& message : all_messages()) text += section(message, rules);
  return text;
}

}  // namespace refwave::conform
