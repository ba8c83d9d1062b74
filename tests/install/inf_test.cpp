// refwave.inf, read as Windows reads it, and with one mistake at a time.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Words = std::vector<std::string>;

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

Words split(const std::string& text, char at) {
  Words words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, at);) words.push_back(trimmed(word));
  return words;
}

struct Line {
  std::string key;  // what is before "=", empty without one
  std::string value;
};

/// What can be wrong with an INF and is seen in its text alone: names that lead nowhere, and names nothing
/// leads to. Follows "General Syntax Rules for INF Files" and the pages of the sections that refwave.inf has.
class Inf {
 public:
  explicit Inf(const std::string& text) {
    std::string section;
    for (const std::string& raw : split(text, '\n')) {
      const std::string line = trimmed(raw.substr(0, raw.find(';')));
      if (line.starts_with('[') && line.ends_with(']')) {
        section = line.substr(1, line.size() - 2);
        if (!sections_.try_emplace(section).second) complain("[" + section + "] is there twice");
      } else if (!line.empty()) {
        const std::size_t equals = line.find('=');
        const bool has_key = equals != std::string::npos;
        sections_[section].push_back({has_key ? trimmed(line.substr(0, equals)) : "",
                                      trimmed(has_key ? line.substr(equals + 1) : line)});
      }
    }
  }

  /// Returns: one line for each mistake.
  Words check() {
    check_version();
    check_strings();
    for (const char* name : {"Version", "SourceDisksNames", "DestinationDirs", "Manufacturer", "Strings"})
      lead_to(name);
    for (const char* architecture : {"amd64", "x86"}) {
      const std::string decoration = std::string(".NT") + architecture;
      check_install("DefaultInstall" + decoration, architecture);
      check_install("DefaultUninstall" + decoration, architecture);
      check_all_copied(architecture);
      check_models(decoration, architecture);
    }
    for (const auto& [name, lines] : sections_) {
      if (!reached_.contains(name)) complain("nothing leads to [" + name + "]");
      if (lines.empty()) complain("[" + name + "] is empty");
    }
    return complaints_;
  }

 private:
  void complain(const std::string& text) { complaints_.push_back(text); }

  const std::vector<Line>& lead_to(const std::string& name) {
    static const std::vector<Line> none;
    reached_.insert(name);
    const auto section = sections_.find(name);
    if (section == sections_.end()) complain("there is no [" + name + "]");
    return section == sections_.end() ? none : section->second;
  }

  std::string value(const std::string& section, const std::string& key) {
    for (const Line& line : lead_to(section)) {
      if (line.key == key) return line.value;
    }
    complain("[" + section + "] has no " + key);
    return {};
  }

  static std::string sources(const std::string& architecture) {
    return architecture == "amd64" ? "SourceDisksFiles" : "SourceDisksFiles." + architecture;
  }

  void check_version() {
    const std::map<std::string, std::string> patterns = {
        {"Signature", R"("\$Windows NT\$")"},
        {"Class", "MEDIA"},
        {"ClassGuid", R"(\{4d36e96c-e325-11ce-bfc1-08002be10318\})"},
        {"Provider", "%\\w+%"},
        {"CatalogFile", R"(\w+\.cat)"},
        {"DriverVer", R"((0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/20\d\d,\d+\.\d+\.\d+\.\d+)"},
        {"PnpLockdown", "[01]"}};
    for (const auto& [key, pattern] : patterns) {
      if (!std::regex_match(value("Version", key), std::regex(pattern))) complain("wrong [Version] " + key);
    }
  }

  void check_strings() {
    std::set<std::string> used;
    static const std::regex reference("%(\\w+)%");
    for (const auto& [name, lines] : sections_) {
      for (const Line& line : lines) {
        const std::string text = line.key + " " + line.value;
        for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at)
          used.insert((*at)[1]);
      }
    }
    for (const std::string& name : used) value("Strings", name);
    for (const Line& line : lead_to("Strings")) {
      if (!used.contains(line.key)) complain("string " + line.key + " is not used");
    }
  }

  void check_models(const std::string& decoration, const std::string& architecture) {
    for (const Line& manufacturer : lead_to("Manufacturer")) {
      const Words fields = split(manufacturer.value, ',');
      if (std::ranges::find(fields, decoration.substr(1)) == fields.end())
        complain("no models for " + decoration);
      for (const Line& model : lead_to(fields[0] + decoration)) {
        const std::string section = split(model.value, ',')[0] + decoration;
        check_install(section, architecture);
        value(section + ".Services", "AddService");
      }
    }
  }

  void check_install(const std::string& section, const std::string& architecture) {
    const bool installs = !section.starts_with("DefaultUninstall");
    const bool is_device = section.starts_with("Wave");
    for (const std::string& name : split(value(section, installs ? "CopyFiles" : "DelFiles"), ','))
      check_files(name, architecture);
    if (is_device) return check_registry(value(section, "AddReg"));
    for (const Line& line : lead_to(value(section, installs ? "RegisterDlls" : "UnregisterDlls")))
      check_program(line.value, installs ? "install" : "uninstall", architecture);
  }

  void check_files(const std::string& section, const std::string& architecture) {
    if (value("DestinationDirs", section).empty()) complain("no destination for " + section);
    for (const Line& line : lead_to(section)) {
      const Words names = split(line.value, ',');
      check_source(names.size() > 1 && !names[1].empty() ? names[1] : names[0], architecture);
    }
  }

  void check_all_copied(const std::string& architecture) {
    const std::string section = "Folder." + architecture;
    for (const Line& file : lead_to(sources(architecture))) {
      const auto is_file = [&](const Line& line) { return line.value == file.key; };
      if (!std::ranges::any_of(lead_to(section), is_file)) complain("[" + section + "] has no " + file.key);
    }
  }

  void check_source(const std::string& file, const std::string& architecture) {
    const Words place = split(value(sources(architecture), file), ',');
    if (place.size() != 2 || (place[1] != "x64" && place[1] != "x86"))
      complain(file + " lies in no folder of the archive");
    if (!place.empty()) value("SourceDisksNames", place[0]);
  }

  void check_registry(const std::string& section) {
    const Words wanted = {"HKR,Drivers,SubClasses,,\"wave\"",
                          R"(HKR,Drivers\wave\refwave.drv,Driver,,refwave.drv)",
                          R"(HKR,Drivers\wave\refwave.drv,Description,,%Name%)"};
    Words found;
    for (const Line& line : lead_to(section)) found.push_back(line.value);
    if (found != wanted) complain("[" + section + "] is not what the class installer reads");
  }

  /// A program that is run is one that is copied, or lies where it is copied from.
  void check_program(const std::string& entry, const std::string& argument, const std::string& architecture) {
    const Words fields = split(entry, ',');
    if (fields.size() != 6 || fields[5] != argument) return complain("not as programs are run: " + entry);
    const Words source = split(value(sources(architecture), fields[2]), ',');
    const bool is_copied = fields[0] + "," + fields[1] == value("DestinationDirs", "Folder." + architecture);
    if (!is_copied && (fields[0] != "1" || source.size() != 2 || source[1] != fields[1]))
      complain("nothing is there to run: " + entry);
  }

  std::map<std::string, std::vector<Line>> sections_;
  std::set<std::string> reached_;
  Words complaints_;
};

Words mistakes_in_inf(const std::string& text) { return Inf(text).check(); }

std::string inf() { return contents_of(REFWAVE_INF); }

std::string with(const std::string& what, const std::string& instead) {
  std::string text = inf();
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), instead);
}

TEST(Inf, The_one_that_is_shipped_has_no_mistakes) { EXPECT_THAT(mistakes_in_inf(inf()), IsEmpty()); }

TEST(Inf, Misses_every_line_that_is_taken_away) {
  const std::string text = inf();
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    const std::string line = text.substr(begin, end - begin);
    if (line.find_first_not_of(" \r\n") != std::string::npos && !line.starts_with(';')) {
      EXPECT_THAT(mistakes_in_inf(text.substr(0, begin) + text.substr(end)), Not(IsEmpty())) << line;
      ++lines;
    }
    begin = end;
  }
  EXPECT_GT(lines, 60U);
}

TEST(Inf, Says_what_is_wrong) {
  EXPECT_THAT(mistakes_in_inf(with("RegisterDlls = Install", "RegisterDlls = Instal")),
              Contains("there is no [Instal]"));
  EXPECT_THAT(mistakes_in_inf(with("%Disk%", "%Disc%")), Contains("[Strings] has no Disc"));
  EXPECT_THAT(mistakes_in_inf(with("refwave.drv,refwave32.drv", "refwave.drv,refwave86.drv")),
              Contains("[SourceDisksFiles] has no refwave86.drv"));
  EXPECT_THAT(mistakes_in_inf(with("= 1,x86", "= 1,i386")), Contains(HasSubstr("lies in no folder")));
  EXPECT_THAT(mistakes_in_inf(with("DriverVer   = ", "DriverVer   = 2026")),
              Contains("wrong [Version] DriverVer"));
  EXPECT_THAT(mistakes_in_inf(with("1,x64,refwave.exe", "1,x86,refwave.exe")),
              Contains(HasSubstr("nothing is there to run")));
  EXPECT_THAT(mistakes_in_inf(with("[Wave.Registry]", "[Wave.Registry]\r\n[System]")),
              Contains("[System] is there twice"));
}

}  // namespace
}  // namespace refwave::test
