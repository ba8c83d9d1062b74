#include "bench/doctor/page/page.h"

#include <algorithm>
#include <string_view>

#include "bench/measure/report.h"
#include "inf/cli/console/json.h"

namespace refwave::doctor {
namespace {

using cli::Json;

std::string marked(const std::string& mark, const std::string& text, std::size_t columns) {
  return mark + cli::wrapped(cli::visible(text), columns, mark.size(), mark.size());
}

/// A kind of line: its name in JSON, and its mark in text.
struct Kind {
  const char* name;
  const char* mark;
};
constexpr Kind kKinds[] = {{"good", "  ok  "}, {"note", "      "}, {"wrong", "  !!  "}};

const Kind& kind_of(const Line& line) { return kKinds[static_cast<std::size_t>(line.kind)]; }

std::string summary(const Page& page) {
  const std::size_t wrongs = page.wrongs();
  if (wrongs == 0) return "All is right.\n";
  return wrongs == 1 ? "1 problem found: see !! above.\n"
                     : std::to_string(wrongs) + " problems found: see !! above.\n";
}

Json json_of(const Section& section) {
  Json lines = Json::array();
  for (const Line& line : section.lines) {
    lines.push_back({{"kind", kind_of(line).name}, {"text", line.text}});
    if (!line.advice.empty()) lines.back()["advice"] = line.advice;
  }
  return {{"name", section.name}, {"lines", lines}};
}

Json json_of(const SelfTest& test) {
  Json all = measure::figures(test.done);
  all.update({{"block_ns", test.block_ns},
              {"underruns", test.counters.ullUnderruns},
              {"xruns", test.counters.ullXruns},
              {"device_losses", test.counters.ullDeviceLosses}});
  return all;
}

}  // namespace

std::size_t Page::wrongs() const {
  std::size_t count = 0;
  for (const Section& section : sections) {
    count += static_cast<std::size_t>(std::ranges::count(section.lines, Line::Kind::wrong, &Line::kind));
  }
  return count;
}

std::string as_text(const Page& page, std::size_t columns) {
  std::string text = cli::wrapped(page.title, columns);
  for (const Section& section : page.sections) {
    text += "\n" + section.name + "\n";
    for (const Line& line : section.lines) {
      text += marked(kind_of(line).mark, line.text, columns);
      if (!line.advice.empty()) text += marked("       -> ", line.advice, columns);
    }
  }
  return text + "\n" + summary(page);
}

std::string as_json(const Page& page, const SelfTest& self_test) {
  Json sections = Json::array();
  for (const Section& section : page.sections) sections.push_back(json_of(section));
  const Json all = {{"title", page.title},
                    {"not_right", page.wrongs()},
                    {"sections", sections},
                    {"self_test", json_of(self_test)}};
  return cli::json_text(all, 2) + '\n';
}

std::string as_report(Page page, const Facts& facts, const Person& person) {
  for (Section& section : page.sections) {
    for (Line& line : section.lines) {
      line.text = discreet(std::move(line.text), person);
      line.advice = discreet(std::move(line.advice), person);
    }
  }
  std::string keys;
  for (const auto& [key, value] : configuration::settings_of(facts.configured.in_effect))
    keys.append(key).append(" = ").append(value).append("\n");
  return cli::wrapped(
             "A report of `refwave doctor --report`, made " + facts.began +
                 ", to be attached to an issue. In it: the page that the command printed (drivers, files "
                 "with their folders, settings, names of sound devices, rights, the machine, a self-test), "
                 "and below it every key of the configuration. Left out: your user name (<user>) and your "
                 "home folder (~).",
             cli::kUsualColumns) +
         "Read it before you attach it.\n\n" + as_text(page) + "\nEvery key in effect\n" +
         discreet(keys, person);
}

}  // namespace refwave::doctor
