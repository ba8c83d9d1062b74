// refwave.inf, read as Windows reads it.
#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using Words = std::vector<std::string>;

Words split(const std::string& text, char at) {
  Words words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, at);) {
    const std::size_t begin = word.find_first_not_of(" \t\r");
    if (begin == std::string::npos) word.clear();
    words.push_back(word.empty() ? "" : word.substr(begin, word.find_last_not_of(" \t\r") - begin + 1));
  }
  return words;
}

/// Finds dangling and unused names in the text of an INF. Follows "General Syntax Rules for INF Files" and
/// the pages of refwave.inf's sections.
class Inf {
 public:
  explicit Inf(const std::string& text) {
    std::string section;
    for (const std::string& raw : split(text, '\n')) {
      const Words parts = split(raw.substr(0, raw.find(';')), '=');
      if (parts.empty() || parts[0].empty()) continue;
      if (parts[0].starts_with('[')) {
        section = parts[0].substr(1, parts[0].find(']') - 1);
        if (!sections_.try_emplace(section).second) complain("twice: " + section);
      } else {
        sections_[section].emplace_back(parts.size() > 1 ? parts[0] : "", parts.back());
      }
    }
  }

  /// Returns: one line for each mistake.
  Words check() {
    check_version();
    check_strings();
    lines_of("DestinationDirs");
    lines("Install", {"16422,refwave,refwave.exe,1,120,install"});
    for (const std::string architecture : {"amd64", "x86"}) check(architecture);
    for (const auto& [name, lines] : sections_) {
      if (!reached_.contains(name)) complain("nothing refers to " + name);
      if (lines.empty()) complain("empty: " + name);
    }
    return complaints_;
  }

 private:
  using Lines = std::vector<std::pair<std::string, std::string>>;  // key, which may be empty, and value

  void complain(const std::string& text) { complaints_.push_back(text); }

  const Lines& lines_of(const std::string& name) {
    reached_.insert(name);
    if (!sections_.contains(name)) complain("no section " + name);
    return sections_[name];
  }
  void lines(const std::string& section, const Words& expected) {
    Words found;
    for (const auto& [key, value] : lines_of(section)) found.push_back(value);
    if (found != expected) complain("wrong: " + section);
  }
  /// `expected`: a regular expression.
  std::string value(const std::string& section, const std::string& key, const std::string& expected = ".+") {
    for (const auto& [name, value] : lines_of(section))
      if (name == key && std::regex_match(value, std::regex(expected))) return value;
    complain("no proper " + key + " in " + section);
    return {};
  }

  void check_version() {
    for (const auto& [key, pattern] : std::map<std::string, std::string>{
             {"Signature", R"("\$Windows NT\$")"},
             {"Class", "MEDIA"},
             {"ClassGuid", R"(\{4d36e96c-e325-11ce-bfc1-08002be10318\})"},
             {"Provider", "%\\w+%"},
             {"CatalogFile", R"(\w+\.cat)"},
             {"DriverVer", R"((0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/20\d\d,\d+\.\d+\.\d+\.\d+)"}})
      value("Version", key, pattern);
  }

  void check_strings() {
    std::set<std::string> used;
    static const std::regex reference("%(\\w+)%");
    for (const auto& [section, lines] : sections_)
      for (const auto& [key, value] : lines) {
        const std::string text = key + " " + value;
        for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at)
          used.insert((*at)[1]);
      }
    for (const std::string& name : used) value("Strings", name);
    for (const auto& [name, text] : lines_of("Strings"))
      if (!used.contains(name)) complain("not used: string " + name);
  }

  void check(const std::string& architecture) {
    const std::string decoration = ".NT" + architecture, folder = "Folder." + architecture;
    const bool is_x64 = architecture == "amd64";
    sources_ = is_x64 ? "SourceDisksFiles" : "SourceDisksFiles.x86";
    value("DefaultInstall" + decoration, "CopyFiles", folder);
    value("DefaultInstall" + decoration, "RegisterDlls", "Install");
    value("DefaultUninstall" + decoration, "UnregisterDlls", "Uninstall." + architecture);
    value("DefaultUninstall" + decoration, "DelFiles", folder);
    lines("Uninstall." + architecture,
          {std::string("1,") + (is_x64 ? "x64" : "x86") + ",refwave.exe,1,120,uninstall"});
    const std::set<std::string> in_folder = check_files(folder);
    for (const auto& [file, place] : lines_of(sources_))
      if (!in_folder.contains(file)) complain("not copied: " + file);
  }

  /// Expects: a place to copy the section's files to, and one to copy each from. Returns: the files.
  std::set<std::string> check_files(const std::string& section) {
    value("DestinationDirs", section);
    std::set<std::string> files;
    for (const auto& [key, line] : lines_of(section)) {
      files.insert(split(line, ',').back());
      value(sources_, split(line, ',').back(), "1,x(64|86)");
      value("SourceDisksNames", "1");
    }
    return files;
  }

  std::map<std::string, Lines> sections_;
  std::set<std::string> reached_;
  std::string sources_;
  Words complaints_;
};

TEST(Inf, Has_no_mistakes) { EXPECT_THAT(Inf(contents_of(REFWAVE_INF)).check(), testing::IsEmpty()); }

}  // namespace
}  // namespace refwave::test
