// The name of a program or its folder on a command line.
#include <gmock/gmock.h>

#include "inf/cli/console/text.h"
#include "inf/install/machine/command_line.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string fault_of(std::string name) { return cli::correct_windows_name(name); }

TEST(Windows_name, May_be_anything_without_a_quote) {
  for (const char* name : {"C:\\A game\\", "game.exe", ".", "C:\\\xce\xb3 (x86)\\it's"})
    EXPECT_THAT(fault_of(name), IsEmpty()) << name;
}

TEST(Windows_name, That_is_empty_is_none) {
  for (const char* name : {"", " ", "\""}) EXPECT_THAT(fault_of(name), HasSubstr("empty")) << name;
}

// The line `--program "C:\A game\"`, with nothing after it.
TEST(Windows_name, Loses_the_quote_at_its_end) {
  for (std::string name : {"C:\\A game\"", "C:\\A game\"  "}) {
    EXPECT_THAT(cli::correct_windows_name(name), IsEmpty());
    EXPECT_EQ(name, "C:\\A game");
  }
}

// The line `--program "C:\A game\" --dry-run`.
TEST(Windows_name, That_swallowed_an_option_is_refused_with_the_right_way_to_write_it) {
  const std::string fault = fault_of("C:\\A game\" --dry-run");
  EXPECT_THAT(fault, HasSubstr("backslash before the closing quote"));
  EXPECT_THAT(fault, HasSubstr("write \"C:\\A game\""));
}

TEST(Final_path, Names_the_server_or_the_disk_or_stays) {
  EXPECT_EQ(install::without_prefix(L"\\\\?\\UNC\\server\\games\\A game"), L"\\\\server\\games\\A game");
  EXPECT_EQ(install::without_prefix(L"\\\\?\\C:\\A game"), L"C:\\A game");
  for (const wchar_t* name : {L"\\\\?\\Volume{1}\\A game", L"C:\\A game", L"\\\\?\\", L""})
    EXPECT_EQ(install::without_prefix(name), name);
}

}  // namespace
}  // namespace refwave::test
