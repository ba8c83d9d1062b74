#include "tests/conform/junit.h"

#include "driver/cli/console/text.h"
#include "tests/conform/report.h"

namespace refwave::conform {
namespace {

std::string escaped(std::string_view text) { return cli::markup(cli::visible(text)); }

}  // namespace

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

}  // namespace refwave::conform
