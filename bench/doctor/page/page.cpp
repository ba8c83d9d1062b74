#include "bench/doctor/page/page.h"

#include <algorithm>
#include <string_view>

#include "inf/cli/console/json.h"

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

namespace {

constexpr std::string_view kSlashes = "/\\";
/// The characters that may stand around a name, because a name inside a longer word is another word.
constexpr std::string_view kBetween = "/\\ \t\n\"'=:;,.()<>[]{}|@";
constexpr std::string_view kBefore = " \t\n\"'=:;,()<>[]{}|";  // before a path that begins at the root

bool ends_word(std::string_view text, std::size_t at) {
  return at >= text.size() || kBetween.find(text[at]) != std::string_view::npos;
}

void replace_home(std::string& text, std::string_view home) {
  while (!home.empty() && kSlashes.find(home.back()) != std::string_view::npos) home.remove_suffix(1);
  if (home.empty()) return;
  for (std::size_t at = text.find(home); at != std::string::npos; at = text.find(home, at + 1)) {
    const bool begins = at == 0 || kBefore.find(text[at - 1]) != std::string_view::npos;
    if (begins && ends_word(text, at + home.size())) text.replace(at, home.size(), "~");
  }
}

void replace_name(std::string& text, std::string_view name) {
  constexpr std::string_view kUser = "<user>";
  if (name.empty()) return;
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || kBetween.find(text[at - 1]) != std::string_view::npos;
    if (!begins || !ends_word(text, at + name.size())) continue;
    text.replace(at, name.size(), kUser);
    at += kUser.size() - 1;
  }
}

/// Returns: where the path that begins at `begin` ends. A space may be a part of it.
std::size_t end_of_path(std::string_view text, std::size_t begin) {
  std::size_t end = std::min(text.find_first_of("\"':;,()<>[]|\t\n", begin), text.size());
  // A space before another path, or before words without one, is none.
  for (std::size_t space = text.find(' ', begin); space < end; space = text.find(' ', space + 1)) {
    const std::size_t next = text.find_first_of(kSlashes, space);
    const bool goes_on = next < end && text[next - 1] != ' ' && text[next - 1] != '~';
    if (!goes_on) end = space;
  }
  return end;
}

/// Effects: leaves out the names of folders in the home folder, which are the person's own words; refwave's
/// own folder stays.
void replace_folders(std::string& text) {
  constexpr std::string_view kFolders = "<folders>";
  for (std::size_t at = text.find('~'); at != std::string::npos; at = text.find('~', at + 1)) {
    const std::size_t begin = at + 2;
    if (begin >= text.size() || kSlashes.find(text[at + 1]) == std::string_view::npos) continue;
    const std::size_t end = end_of_path(text, begin);
    const std::string_view path = std::string_view(text).substr(begin, end - begin);
    if (path.starts_with(".config/refwave") || path.starts_with("AppData\\Roaming\\refwave")) continue;
    const std::size_t slash = path.find_last_of(kSlashes);
    const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
    // A name without an ending is most likely a folder's.
    const bool is_file = path.find('.', name + 1) != std::string_view::npos;
    if (is_file && name == 0) continue;
    text.replace(begin, is_file ? name - 1 : path.size(), kFolders);
  }
}

/// Effects: replaces what stands between `before` and the last `after` of that line.
void replace_between(std::string& text, std::string_view before, char after, std::string_view by) {
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
    const std::size_t begin = at + before.size();
    const std::size_t line = std::min(text.find('\n', begin), text.size());
    const std::size_t end = text.rfind(after, line);
    if (end == std::string::npos || end <= begin) continue;
    text.replace(begin, end - begin, by);
  }
}

}  // namespace

std::string discreet(std::string text, const Person& person) {
  replace_home(text, person.home);
  // "root" says nothing about a person, and it occurs in advice ("as root").
  if (person.user != "root") replace_name(text, person.user);
  replace_folders(text);
  replace_between(text, "PULSE_SERVER = ", ')', "<host>");
  replace_between(text, "deny = [", ']', "<programs>");
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
