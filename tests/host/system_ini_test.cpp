// The file of registered drivers, and the values in it.
#include "driver/host/installable/system_ini.h"

#include <gtest/gtest.h>

namespace refwave::host {
namespace {

TEST(SystemIni, Reads_sections_keys_and_values_with_their_lines) {
  const IniFile ini =
      parse_ini("\xEF\xBB\xBF; drivers\r\n[Drivers32]\r\n  Wave1 = a.drv  x=1;2 \r\n\r\n[boot]\nkey=v");
  ASSERT_EQ(ini.entries.size(), 2u);
  const IniEntry* wave = ini.find("DRIVERS32", "wave1");
  ASSERT_NE(wave, nullptr);
  EXPECT_EQ(wave->value, "a.drv  x=1;2");
  EXPECT_EQ(wave->line, 3);
  ASSERT_NE(ini.find("boot", "KEY"), nullptr);
  EXPECT_EQ(ini.find("boot", "wave1"), nullptr);
  EXPECT_TRUE(ini.problems.empty());
}

TEST(SystemIni, The_first_of_two_equal_keys_counts) {
  EXPECT_EQ(parse_ini("[a]\nk=1\nk=2\n").find("a", "k")->value, "1");
}

TEST(SystemIni, Notes_bad_lines_and_reads_on) {
  const IniFile ini = parse_ini("early=1\n[open\n[good]\nnonsense\n=nameless\nk=v\n");
  ASSERT_EQ(ini.problems.size(), 4u);
  EXPECT_EQ(ini.problems[0].line, 1);
  EXPECT_EQ(ini.problems[0].text, "a key before the first [section]");
  EXPECT_EQ(ini.problems[1].line, 2);
  EXPECT_EQ(ini.problems[1].text, "a [section] without its ]");
  EXPECT_EQ(ini.problems[2].line, 4);
  EXPECT_EQ(ini.problems[3].line, 5);
  EXPECT_NE(ini.find("good", "k"), nullptr);
}

TEST(SystemIni, An_empty_file_has_nothing) {
  EXPECT_TRUE(parse_ini("").entries.empty());
  EXPECT_TRUE(parse_ini("\n\n").problems.empty());
}

TEST(SystemIni, A_file_that_cannot_be_read_is_told_from_an_empty_one) {
  EXPECT_FALSE(read_ini("/no/such/file.ini").has_value());
  EXPECT_TRUE(read_ini("/dev/null").has_value());
}

TEST(DriverCommand, Ends_its_file_name_at_white_space_or_the_quote) {
  const auto plain = parse_driver_command("  a.drv\tx=1  y ");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->file, "a.drv");
  EXPECT_EQ(plain->parameters, "x=1  y");
  const auto quoted = parse_driver_command("\"a b.drv\" \"x\"");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->file, "a b.drv");
  EXPECT_EQ(quoted->parameters, "\"x\"");
  EXPECT_EQ(parse_driver_command("a.drv")->parameters, "");
}

TEST(DriverCommand, Needs_a_file_name_and_a_closing_quote) {
  EXPECT_FALSE(parse_driver_command(""));
  EXPECT_FALSE(parse_driver_command("   "));
  EXPECT_FALSE(parse_driver_command("\"\" x"));
  EXPECT_FALSE(parse_driver_command("\"a.drv"));
}

}  // namespace
}  // namespace refwave::host
