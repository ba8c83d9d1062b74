#include "bench/conform/report.h"

#include <algorithm>
#include <set>

#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"

namespace refwave::conform {
namespace {

std::string escaped(std::string_view text) { return cli::markup(cli::visible(text)); }

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

/// Returns: the rules that say the same, in order: an output's and an input's.
std::string ids_of(const Rule& first, const std::vector<Rule>& rules) {
  std::string ids;
  for (const Rule& rule : rules)
    if (rule.sentence == first.sentence) ids.append(ids.empty() ? "" : ", ").append(code(rule.id));
  return ids;
}

/// Returns: the message's section, or nothing if each of its rules is in the section of its twin.
std::string section(const Message& message, const std::vector<Rule>& rules,
                    std::set<std::string_view>& known) {
  std::string list;
  for (const Rule& rule : rules) {
    if (rule.message() != message.name || !known.insert(rule.sentence).second) continue;
    list.append("- ").append(ids_of(rule, rules)).append(": ").append(rule.sentence);
    list.append(rule.is(kOurs) ? " *(ours)*\n" : "\n");
  }
  if (list.empty()) return {};
  return "\n## " + std::string(message.name) + "\nIn " + code(message.file) + ", " + code(message.function) +
         ".\n" + list;
}

}  // namespace

unsigned count(const std::vector<Finding>& findings, Outcome outcome) {
  return static_cast<unsigned>(std::ranges::count(findings, outcome, &Finding::outcome));
}

std::string text_line(const Rule& rule, const Finding& finding, std::size_t columns) {
  constexpr std::size_t kId = 34;
  const bool is_wide = columns >= 80;
  std::string line = is_wide ? cli::left(std::string(rule.id), kId) + " " : std::string(rule.id) + "\n  ";
  std::string what = outcome_name(finding.outcome);
  if (!finding.seen.empty()) what += ": " + cli::visible(finding.seen);
  line += cli::wrapped(what, columns, is_wide ? 4 : 2, is_wide ? kId + 1 : 2);
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
      "What a driver must do with each message, and where refwave does it; an input's rule that says the\n"
      "same stands beside its output's. Each item is a rule of `refwave conform`, which checks any wave\n"
      "driver; *(ours)* marks refwave's own choices, which do not bind other drivers. `refwave conform\n"
      "--explain RULE` names Microsoft's page and the usual mistake, `refwave conform --markdown` prints\n"
      "this file.\n";
  const std::vector<Rule> rules = all_rules();
  std::set<std::string_view> known;
  for (const Message& message : all_messages()) text += section(message, rules, known);
  return text;
}

}  // namespace refwave::conform
