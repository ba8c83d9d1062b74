// refwave.inf, read as Windows reads it, and with one mistake at a time.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/install/inf.h"

namespace refwave::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string inf() {
  std::ifstream file(REFWAVE_INF, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

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
