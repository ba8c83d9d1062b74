#include "bench/doctor/page/discretion.h"

#include <string_view>

namespace refwave::doctor {
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

}  // namespace

std::string discreet(std::string text, const Person& person) {
  replace_home(text, person.home);
  // "root" tells nothing of a person, and it occurs in advice ("as root").
  if (person.user != "root") replace_name(text, person.user);
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
