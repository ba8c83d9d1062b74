// refwave.inf, read as Windows reads it: "General Syntax Rules for INF Files".
#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using Section = std::map<std::string, std::string>;  // values by keys; a line without a value is a key

std::string trimmed(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(^\s+|\s+$)"), "");
}

std::map<std::string, Section> sections_of(const std::string& text) {
  std::map<std::string, Section> sections;
  Section* section = nullptr;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line = trimmed(line.substr(0, line.find(';')));
    const std::size_t equals = line.find('=');
    if (line.starts_with('[')) {
      section = &sections[line.substr(1, line.find(']') - 1)];
      EXPECT_TRUE(section->empty()) << "twice: " << line;
    } else if (!line.empty()) {
      (*section)[trimmed(line.substr(0, equals))] =
          equals == std::string::npos ? "" : trimmed(line.substr(equals + 1));
    }
  }
  return sections;
}

std::set<std::string> keys_of(const Section& section) {
  std::set<std::string> keys;
  for (const auto& [key, value] : section) keys.insert(key);
  return keys;
}

/// A section or key that is missing throws.
TEST(Inf, Has_what_it_refers_to_and_nothing_else) {
  const std::string text = contents_of(REFWAVE_INF);
  const auto inf = sections_of(text);
  std::set<std::string> reached = {"Version", "SourceDisksNames", "DestinationDirs", "Strings"};
  for (const std::string architecture : {"amd64", "x86"}) {
    const std::string sources = architecture == "x86" ? "SourceDisksFiles.x86" : "SourceDisksFiles";
    const Section& install = inf.at("DefaultInstall.NT" + architecture);
    const Section& uninstall = inf.at("DefaultUninstall.NT" + architecture);
    const std::string& folder = install.at("CopyFiles");
    EXPECT_EQ(uninstall.at("DelFiles"), folder);
    EXPECT_EQ(inf.at("DestinationDirs").at(folder), "16422,refwave");
    EXPECT_EQ(keys_of(inf.at(folder)), keys_of(inf.at(sources)));
    for (const auto& [file, place] : inf.at(sources))
      EXPECT_TRUE(std::regex_match(place, std::regex("1,x(64|86)"))) << file;
    EXPECT_EQ(keys_of(inf.at(install.at("RegisterDlls"))),
              std::set<std::string>{"16422,refwave,refwave.exe,1,120,install"});
    const std::string half = architecture == "x86" ? "x86" : "x64";
    EXPECT_EQ(keys_of(inf.at(uninstall.at("UnregisterDlls"))),
              std::set<std::string>{"1," + half + ",refwave.exe,1,120,uninstall"});
    reached.insert({sources, "DefaultInstall.NT" + architecture, "DefaultUninstall.NT" + architecture, folder,
                    install.at("RegisterDlls"), uninstall.at("UnregisterDlls")});
  }
  for (const auto& [name, lines] : inf) EXPECT_TRUE(reached.contains(name)) << name;
  const Section& version = inf.at("Version");
  EXPECT_EQ(version.at("Signature"), "\"$Windows NT$\"");
  EXPECT_EQ(version.at("Class"), "MEDIA");
  EXPECT_EQ(version.at("ClassGuid"), "{4d36e96c-e325-11ce-bfc1-08002be10318}");
  EXPECT_EQ(version.at("Provider"), "%Provider%");
  EXPECT_EQ(version.at("CatalogFile"), "refwave.cat");
  static const std::regex date_and_version(
      R"((0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/20\d\d,\d+\.\d+\.\d+\.\d+)");
  EXPECT_TRUE(std::regex_match(version.at("DriverVer"), date_and_version)) << version.at("DriverVer");
  EXPECT_EQ(inf.at("SourceDisksNames").at("1"), "%Disk%");
  std::set<std::string> strings;
  static const std::regex reference("%(\\w+)%");
  for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at)
    strings.insert((*at)[1]);
  EXPECT_EQ(keys_of(inf.at("Strings")), strings);
}

}  // namespace
}  // namespace refwave::test
