#include "bench/doctor/page/page.h"

#include <algorithm>

#include "driver/cli/console/json.h"
#include "driver/cli/console/text.h"

namespace refwave::doctor {
namespace {

using cli::Json;

/// Returns: `text` in lines of at most `columns` letters, unless a word is longer. The first line begins with
/// `first`, each other line with as many spaces.
std::string wrapped(const std::string& first, const std::string& text, std::size_t columns) {
  const std::string indent(first.size(), ' ');
  std::string all;
  std::string line = first;
  bool is_empty = true;
  // Several spaces between two words stay as they are, because they align columns.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(' ', at), text.size());
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    const std::string space = is_empty ? "" : text.substr(at, begin - at);
    if (!is_empty && cli::letters_of(line) + space.size() + cli::letters_of(word) > columns) {
      all.append(line).push_back('\n');
      line = indent + word;
    } else {
      line += space + word;
    }
    is_empty = false;
    at = end;
  }
  return all.append(line).append("\n");
}

const char* mark_of(Line::Kind kind) {
  switch (kind) {
    case Line::Kind::good:
      return "  ok  ";
    case Line::Kind::wrong:
      return "  !!  ";
    case Line::Kind::note:
      break;
  }
  return "      ";
}

const char* name_of(Line::Kind kind) {
  return kind == Line::Kind::good ? "good" : kind == Line::Kind::wrong ? "wrong" : "note";
}

std::string summary(const Page& page) {
  const std::size_t wrongs = page.wrongs();
  if (wrongs == 0) return "All is right.\n";
  return wrongs == 1 ? "1 thing is not right: see !! above.\n"
                     : std::to_string(wrongs) + " things are not right: see !! above.\n";
}

Json json_of(const Section& section) {
  Json lines = Json::array();
  for (const Line& line : section.lines) {
    lines.push_back({{"kind", name_of(line.kind)}, {"text", line.text}});
    if (!line.advice.empty()) lines.back()["advice"] = line.advice;
  }
  return {{"name", section.name}, {"lines", lines}};
}

Json json_of(const SelfTest& test) {
  return {{"count", test.count},         {"block_ns", test.block_ns}, {"p50_ns", test.p50_ns},
          {"p99_ns", test.p99_ns},       {"p999_ns", test.p999_ns},   {"max_ns", test.max_ns},
          {"underruns", test.underruns}, {"xruns", test.xruns},       {"device_losses", test.losses}};
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
          {judge_drivers(facts), judge_configuration(facts.configured), judge_servers(facts.servers),
           judge_devices(facts), judge_rights(facts), judge_pace(facts), judge_self_test(facts)}};
}

std::string as_text(const Page& page, std::size_t columns) {
  std::string text = wrapped("", page.title, columns);
  for (const Section& section : page.sections) {
    text += "\n" + section.name + "\n";
    for (const Line& line : section.lines) {
      text += wrapped(mark_of(line.kind), cli::visible(line.text), columns);
      if (!line.advice.empty()) text += wrapped("       -> ", cli::visible(line.advice), columns);
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
  return wrapped(
             "",
             "A report of `refwave doctor --report`, made " + began +
                 ", to be attached to an issue. In it: the page that the command printed (drivers, files "
                 "with their folders, settings, sound servers, names of sound devices, rights, the "
                 "machine, a self-test), and below it every key of the configuration. Left out: your user "
                 "name (<user>), your home folder (~) and the folders in it, the host that PULSE_SERVER "
                 "names, the programs that `deny` names.",
             cli::kUsualColumns) +
         "Read it before you attach it.\n\n" + as_text(page) + "\nEvery key in effect\n" + configuration;
}

}  // namespace refwave::doctor
