#include "bench/doctor/page/discretion.h"

#include <string_view>

namespace refwave::doctor {
namespace {

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

std::string discreet(std::string text, const Person& person) {
  std::string_view home = person.home;
  while (home.ends_with('/') || home.ends_with('\\')) home.remove_suffix(1);
  replace_word(text, home, "~", kBefore);
  // "root" says nothing about a person, and it occurs in advice ("as root").
  if (person.user != "root") replace_word(text, person.user, "<user>", kBetween);
  return text;
}

}  // namespace refwave::doctor
