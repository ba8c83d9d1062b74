#include "bench/doctor/page/page.h"

#include <algorithm>
#include <string_view>

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
  return {{"count", test.count},         {"block_ns", test.block_ns}, {"p50_ns", test.p50_ns},
          {"p99_ns", test.p99_ns},       {"p999_ns", test.p999_ns},   {"max_ns", test.max_ns},
          {"underruns", test.underruns}, {"xruns", test.xruns},       {"device_losses", test.losses}};
}

/// What may stand before and after a name. Inside a longer word it is another word.
constexpr std::string_view kBetween = "/\\ \t\n\"'=:;,.()<>[]{}|@";
constexpr std::string_view kBefore = " \t\n\"'=:;,()<>[]{}|";  // before a path that begins at the root

void replace_word(std::string& text, std::string_view word, std::string_view by, std::string_view before) {
  if (word.empty()) return;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || before.find(text[at - 1]) != std::string_view::npos;
    const bool ends = end == text.size() || kBetween.find(text[end]) != std::string_view::npos;
    if (begins && ends) text.replace(at, word.size(), by);
    at += begins && ends ? by.size() : 1;
  }
}

}  // namespace

std::size_t Page::wrongs() const {
  std::size_t count = 0;
  for (const Section& section : sections) {
    count += static_cast<std::size_t>(std::ranges::count(section.lines, Line::Kind::wrong, &Line::kind));
  }
  return count;
}

Page judge(const Facts& facts) {
  return {"refwave doctor, refwave " + facts.version,
          {judge_drivers(facts), judge_configuration(facts.configured), judge_devices(facts),
           judge_rights(facts), judge_pace(facts), judge_self_test(facts)}};
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

std::string as_report(const Page& page, const std::string& began, const std::string& configuration) {
  return cli::wrapped(
             "A report of `refwave doctor --report`, made " + began +
                 ", to be attached to an issue. In it: the page that the command printed (drivers, files "
                 "with their folders, settings, names of sound devices, rights, the machine, a self-test), "
                 "and below it every key of the configuration. Left out: your user name (<user>) and your "
                 "home folder (~).",
             cli::kUsualColumns) +
         "Read it before you attach it.\n\n" + as_text(page) + "\nEvery key in effect\n" + configuration;
}

std::string discreet(std::string text, const Person& person) {
  std::string_view home = person.home;
  while (home.ends_with('/') || home.ends_with('\\')) home.remove_suffix(1);
  replace_word(text, home, "~", kBefore);
  // "root" says nothing about a person, and it occurs in advice ("as root").
  if (person.user != "root") replace_word(text, person.user, "<user>", kBetween);
  return text;
}

Page discreet(Page page, const Person& person) {
  for (Section& section : page.sections) {
    for (Line& line : section.lines) {
      line.text = discreet(std::move(line.text), person);
      line.advice = discreet(std::move(line.advice), person);
    }
  }
  return page;
}

}  // namespace refwave::doctor
