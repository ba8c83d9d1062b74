#include "tests/install/inf.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace refwave::test {
namespace {

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

}  // namespace

std::vector<std::string> mistakes_in_inf(const std::string& text) { return Inf(text).check(); }

}  // namespace refwave::test
