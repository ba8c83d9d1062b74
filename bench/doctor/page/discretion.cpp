#include "bench/doctor/page/page.h"

#include <algorithm>
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
