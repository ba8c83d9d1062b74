// bench/README.md shows the page that the doctor prints for a machine with those faults.
#include <gmock/gmock.h>

#include <fstream>
#include <regex>

#include "bench/doctor/page/page.h"
#include "tests/bench/doctor/made_up_machine.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

std::string without_figures(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9]+"), "N");
}

TEST(ShownPage, Is_what_the_command_prints) {
  doctor::Facts facts = good_linux();
  facts.drivers.found = {{"~/.config/refwave/system.ini:2: wave", "",
                          "there is no file 'refwav.drv' (looked in ~/.config/refwave and /opt/refwave)"}};
  facts.rights.gets_realtime = false;
  facts.rights.rtprio_limit = 0;
  const std::string printed = without_figures(as_text(judge(facts)));

  std::ifstream page(REFWAVE_SOURCE_FOLDER "/bench/README.md");
  std::string line;
  while (std::getline(page, line) && line != "```text") continue;
  std::size_t sections = 0;
  for (std::string section; std::getline(page, line);) {
    if (!line.empty() && line != "…" && line != "```") {
      section += line + '\n';
      continue;
    }
    EXPECT_THAT(printed, HasSubstr(without_figures(section)));
    section.clear();
    ++sections;
    if (line == "```") break;
  }
  EXPECT_EQ(sections, 4U);
}

}  // namespace
}  // namespace refwave::test
