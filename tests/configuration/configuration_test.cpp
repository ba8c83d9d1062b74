// refwave.toml and the DRV_OPEN string: their values, their warnings, their documentation.
#include "driver/configuration/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "driver/configuration/configuration_keys.h"
#include "driver/configuration/configuration_write.h"
#include "tests/support/temporary_folder.h"

namespace refwave::configuration {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Parsed toml(std::string_view text) { return parse_toml(text, "refwave.toml"); }

class Configuration_file : public testing::Test {
 protected:
  std::string write(std::string_view name, std::string_view text) const {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  test::TemporaryFolder folder_;
};

TEST(Configuration_edit, Every_key_can_be_set) {
  Configuration all;
  all.output = {"ALSA/hw:0", "clocked"};
  all.input = {};
  all.period = 64;
  all.latency_ms = 20;
  all.rate = 44100;
  all.channels = 1;
  all.format = dsp::SampleType::s24;
  all.completion = Completion::direct;
  all.wake = Wake::spin;
  all.spin_percent = 50;
  all.notifier_priority = Priority::realtime;
  all.done = Done::played;
  all.fallback = Fallback::none;
  all.clock = 2.5;
  all.capture = "C:\\a b\\\"c\"; d.wav";
  all.loop = true;
  all.resampling = Resampling::best;
  all.ring = 1024;
  all.linger_ms = 0;
  for (const std::string& text : {std::string(), configuration_as_toml()}) {
    const Edited result = edit_toml(text, "refwave.toml", {}, all);
    EXPECT_TRUE(result.status.ok()) << result.status.reason();
    EXPECT_EQ(toml(result.text).configuration, all);
  }
  EXPECT_EQ(parse_open_string(as_open_string({}, all)).configuration, all);
  EXPECT_EQ(as_open_string(all, all), "");
}

TEST(Configuration_toml, An_unknown_key_warns_with_the_line_and_the_nearest_name) {
  const Parsed parsed = toml("rate = 44100\nperoid = 64\ncolour = 1\n");
  EXPECT_THAT(parsed.warnings, testing::UnorderedElementsAre(
                                   "refwave.toml:2: unknown key 'peroid'; did you mean 'period'?",
                                   "refwave.toml:3: unknown key 'colour'; `refwave config` lists the keys"));
  EXPECT_EQ(parsed.configuration.rate, 44100u);
}

TEST(Configuration_toml, A_bad_value_keeps_the_one_before_and_says_what_was_expected_and_found) {
  Configuration base;
  base.period = 128;
  const Parsed parsed = parse_toml("\n\nperiod = 5", "refwave.toml", base);
  EXPECT_EQ(parsed.configuration, base);
  EXPECT_THAT(parsed.warnings,
              ElementsAre("refwave.toml:3: period: expected 16 to 16384 frames, found 5; it stays 128"));
}

TEST(Configuration_toml, Values_out_of_range_or_of_the_wrong_type_are_refused) {
  std::istringstream refused(R"(period = 15
period = 16385
period = -1
period = 99999999999999
period = 480.5
period = true
period = [480]
period = 1979-05-27
latency_ms = 2001
rate = 7999
rate = 192001
channels = 9
format = "s17"
completion = "Direct"
clock = -1
clock = nan
clock = 1000001
capture = ["a", "b"]
loop = 1
ring = 8
ring = 100
ring = 131072
linger_ms = 60001
output = [""]
output = ""
output = [["a"]]
output = {name = "a"})");
  for (std::string line; std::getline(refused, line);) {
    const Parsed parsed = toml(line);
    EXPECT_THAT(parsed.warnings, ElementsAre(AllOf(HasSubstr("expected "), HasSubstr(", found ")))) << line;
    EXPECT_EQ(parsed.configuration, Configuration{}) << line;
  }
  for (const char* accepted :
       {"period = 16", "period = 16384", "rate = 0", "rate = 8000", "rate = 192000", "channels = 0",
        "channels = 8", "ring = 16", "ring = 65536", "clock = 0", "clock = 1e6", "latency_ms = 2000",
        "linger_ms = 60000", "deny = []", "period = 480.0"}) {
    EXPECT_THAT(toml(accepted).warnings, IsEmpty()) << accepted;
  }
}

TEST(Configuration_toml, No_devices_are_taken_with_a_warning) {
  for (const char* line : {"output = []", "input = []"})
    EXPECT_THAT(toml(line).warnings, ElementsAre(HasSubstr("remove the line"))) << line;
  EXPECT_THAT(toml("output = []").configuration.output, IsEmpty());
}

TEST(Configuration_toml, Up_to_sixteen_devices_are_named) {
  std::string list = "output = [\"a\"";
  for (int i = 1; i < 16; ++i) list += ", \"a\"";
  EXPECT_EQ(toml(list + "]").configuration.output.size(), 16u);
  EXPECT_THAT(toml(list + ", \"a\"]").warnings, ElementsAre(HasSubstr("up to 16 device names")));
}

TEST(Configuration_toml, A_malformed_document_is_one_warning_with_line_and_column_and_the_base) {
  Configuration base;
  base.rate = 44100;
  const Parsed parsed = parse_toml("period = 64\nrate = = 3\n", "refwave.toml", base);
  EXPECT_THAT(parsed.warnings, ElementsAre(testing::StartsWith("refwave.toml:2:8: not TOML: ")));
  EXPECT_EQ(parsed.configuration, base);
  // Without that limit, a key of so many parts would overflow the stack.
  EXPECT_THAT(toml("# " + std::string(501, '.')).warnings,
              ElementsAre(HasSubstr("a line of more than 500 dots")));
}

TEST(Configuration_toml, A_text_with_a_nul_names_no_file) {
  const Parsed parsed = toml("log = \"/tmp/a\\u0000b\"\noutput = [\"x\\u0000y\"]\n");
  EXPECT_EQ(parsed.configuration, Configuration{});
  EXPECT_THAT(parsed.warnings, testing::SizeIs(2));
}

TEST(Configuration_toml, A_warning_is_one_short_line_without_control_characters) {
  const std::string warning = toml("\"a\\u001bb\\n\" = 1\n").warnings.at(0);
  EXPECT_EQ(warning, "refwave.toml:1: unknown key 'a\\x1bb\\n'; `refwave config` lists the keys");
  EXPECT_LT(toml("period = \"" + std::string(5000, 'x') + "\"").warnings.at(0).size(), 200u);
  EXPECT_EQ(printable("a\x7F\xC2\x80\xC2\x9F\xC2\xA0\xC3\x80\xC2", 100),
            "a\\x7f\\u0080\\u009f\xC2\xA0\xC3\x80\\xc2");
  EXPECT_EQ(printable("\xC3\x80\xC3\x81", 3), "\xC3\x80…") << "never half a letter";
}

TEST(Configuration_toml, A_program_is_denied_whatever_the_case) {
  const Configuration some = toml("deny = [\"Game-[1].exe\"]").configuration;
  EXPECT_TRUE(is_denied(some, "gAME-[1].EXE"));
  EXPECT_FALSE(is_denied(some, "game-{1}.exe"));
  EXPECT_FALSE(is_denied(some, "game"));
}

TEST(Configuration_string, Entries_lists_and_quotes_are_understood) {
  const Parsed parsed =
      parse_open_string("  period=64 ; output = \"a;b\" | c|\"d \"\"|\"; capture=\"C:\\x;y.wav\";; input=",
                        toml("period = 32\nrate = 44100").configuration);
  EXPECT_THAT(parsed.warnings, IsEmpty());
  EXPECT_EQ(parsed.configuration.period, 64u) << "it overrides the file";
  EXPECT_EQ(parsed.configuration.rate, 44100u);
  EXPECT_THAT(parsed.configuration.input, IsEmpty());
  EXPECT_THAT(parsed.configuration.output, ElementsAre("a;b", "c", "d \"|"));
  EXPECT_EQ(parsed.configuration.capture, "C:\\x;y.wav");
}

TEST(Configuration_string, A_malformed_entry_is_a_warning_and_the_others_count) {
  const Parsed parsed = parse_open_string("nonsense; period=abc; capture=\"open; rate=44100");
  EXPECT_THAT(parsed.warnings,
              ElementsAre("DRV_OPEN string: expected key = value, found nonsense",
                          "DRV_OPEN string: period: expected 16 to 16384 frames, found abc; it stays 480",
                          HasSubstr("capture: expected a path, found \"open; rate=44100")));
  EXPECT_THAT(parse_open_string("=5;rnig=64;rate=44100").warnings,
              ElementsAre(HasSubstr("unknown key ''"), HasSubstr("did you mean 'ring'?")));
  EXPECT_EQ(parse_open_string("rnig=64;rate=44100").configuration.rate, 44100u);
  for (const char* text : {"capture=a\"b\"", "capture=\"a\"b", "capture=\"a"})
    EXPECT_EQ(parse_open_string(text).warnings.size(), 1u) << text;
}

TEST_F(Configuration_file, A_missing_one_is_a_warning_only_if_it_was_named) {
  const std::string present = write("refwave.toml", "rnig = 16\n");
  EXPECT_THAT(load_file({present, false}).warnings, ElementsAre(HasSubstr(present + ":1: unknown key")));
  const std::string path = (folder_.path() / "absent.toml").string();
  EXPECT_THAT(load_file({path, false}).warnings, IsEmpty());
  EXPECT_THAT(load_file({path, true}).warnings, ElementsAre(HasSubstr("absent.toml: no such file")));
  EXPECT_THAT(load_file({"", true}).warnings, IsEmpty());
}

TEST_F(Configuration_file, A_folder_or_a_huge_file_is_a_warning) {
  EXPECT_THAT(load_file({folder_.path().string(), false}).warnings,
              ElementsAre(HasSubstr("a folder, not a file")));
  const std::string huge = write("huge.toml", "#");
  std::filesystem::resize_file(huge, (1 << 20) + 1);
  EXPECT_THAT(load_file({huge, false}).warnings, ElementsAre(HasSubstr("larger than 1 MiB")));
}

TEST(Configuration_toml, Names_no_output_file_in_a_program_with_more_rights) {
  Configuration base;
  base.capture = "/own.wav";
  Parsed parsed = parse_toml("capture = '/c.wav'\nlog = '/l'\nperiod = 64\n", "a.toml", base);
  leave_files_alone(parsed, base, "a.toml");
  Configuration expected = base;
  expected.period = 64;
  EXPECT_EQ(parsed.configuration, expected);
  EXPECT_THAT(parsed.warnings,
              ElementsAre(HasSubstr("a.toml: capture: not used"), HasSubstr("a.toml: log: not used")));
}

TEST(Configuration_documentation, Holds_exactly_the_table_of_keys) {
  std::string table = "\n| key | default | takes | meaning |\n| --- | --- | --- | --- |\n";
  for (const Key& key : keys()) {
    table.append("| `").append(key.name).append("` | `").append(as_toml(key, {})).append("` | ");
    table.append(expected(key)).append(" | ").append(key.help).append(" |\n");
  }
  EXPECT_THAT(test::contents_of(REFWAVE_CONFIGURATION_MD), HasSubstr(table + "\n"));
}

TEST(Configuration_documentation, The_example_file_parses_to_the_defaults) {
  std::string text;
  std::istringstream lines(configuration_as_toml());
  std::size_t set = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    set += is_setting ? 1 : 0;
    text += (is_setting ? line.substr(1) : line) + "\n";
  }
  Configuration base;
  base.period = 16;
  base.output.clear();
  EXPECT_EQ(set, keys().size());
  EXPECT_THAT(parse_toml(text, "example", base).warnings, IsEmpty());
  EXPECT_EQ(parse_toml(text, "example", base).configuration, Configuration{});
}

}  // namespace
}  // namespace refwave::configuration
