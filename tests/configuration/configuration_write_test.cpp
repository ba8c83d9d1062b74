// Saving refwave.toml: only what changed is touched, nothing is lost, and failures are reported.
#include "driver/configuration/configuration_write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/support/status.h"
#include "tests/support/temporary_folder.h"

namespace refwave::configuration {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

using Change = std::function<void(Configuration&)>;

/// Returns: `text` after a user who saw its settings made that change.
Edited edited(const std::string& text, const Change& change) {
  const Configuration before = parse_toml(text, "refwave.toml").configuration;
  Configuration after = before;
  change(after);
  return edit_toml(text, "refwave.toml", before, after);
}

void period_64(Configuration& configuration) { configuration.period = 64; }

TEST(Configuration_edit, A_value_is_replaced_and_nothing_else) {
  const std::string text =
      "# mine\r\n  period\t=  4_80  # frames\r\ncolour = \"é\" # whose?\r\n[table]\r\nperiod = 1\r\n";
  const Edited result = edited(text, period_64);
  EXPECT_TRUE(result.status.ok()) << result.status.reason();
  EXPECT_EQ(result.text,
            "# mine\r\n  period\t=  64  # frames\r\ncolour = \"é\" # whose?\r\n[table]\r\nperiod = 1\r\n");
}

TEST(Configuration_edit, What_has_not_changed_stays_as_it_was_written) {
  const std::string text = "wake='park'\nrate = 44_100\nperoid = 9\nring = 7";
  EXPECT_EQ(edited(text, [](Configuration&) {}).text, text);
  EXPECT_EQ(edited(text, [](Configuration& c) { c.wake = Wake::spin; }).text,
            "wake=\"spin\"\nrate = 44_100\nperoid = 9\nring = 7");
}

TEST(Configuration_edit, Of_a_list_only_the_entry_that_changed_is_written) {
  const std::string text = "output = [\n  'one',  # the desk\n  \"two\",\n]\n";
  EXPECT_EQ(edited(text, [](Configuration& c) { c.output[1] = "three"; }).text,
            "output = [\n  'one',  # the desk\n  \"three\",\n]\n");
  EXPECT_EQ(edited(text, [](Configuration& c) { c.output = {"three"}; }).text, "output = [\"three\"]\n");
  EXPECT_EQ(edited("input = 'a'", [](Configuration& c) { c.input = {"b"}; }).text, "input = [\"b\"]");
}

TEST(Configuration_edit, A_missing_key_goes_below_the_last_and_above_the_tables) {
  EXPECT_EQ(edited("", period_64).text, "period = 64\n");
  EXPECT_EQ(edited("rate = 44100", period_64).text, "rate = 44100\nperiod = 64\n");
  EXPECT_EQ(edited("rate = 44100 # a\r\n\r\n# of the table\r\n[table]\r\n", period_64).text,
            "rate = 44100 # a\r\nperiod = 64\r\n\r\n# of the table\r\n[table]\r\n");
  EXPECT_EQ(edited("[table]\nx = 1\n", period_64).text, "period = 64\n[table]\nx = 1\n");
}

TEST(Configuration_edit, A_missing_key_goes_below_the_comment_that_shows_it) {
  const std::string result = edited(configuration_as_toml(), period_64).text;
  EXPECT_THAT(result, HasSubstr("\n#period = 480\nperiod = 64\n\n"));
  EXPECT_EQ(result.size(), configuration_as_toml().size() + std::string("period = 64\n").size());
}

TEST(Configuration_edit, A_key_that_is_the_name_of_a_table_is_left_to_its_writer) {
  const Edited result = edited("[period]\nrate = 1\n", period_64);
  EXPECT_EQ(result.text, "[period]\nrate = 1\n");
  EXPECT_EQ(result.status.reason(),
            "refwave.toml: found no place for period = 64. Write that line into the file yourself.");
}

class Configuration_save : public testing::Test {
 protected:
  Configuration_save() { after_.period = 64; }

  hal::Status save(const std::filesystem::path& path) const {
    return save_changes({path.string(), false}, {}, after_);
  }
  static void write(const std::filesystem::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(folder_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  test::TemporaryFolder owner_;
  std::filesystem::path folder_ = owner_.path();
  Configuration after_;
};

TEST_F(Configuration_save, Makes_the_file_and_its_folder) {
  const auto path = folder_ / "a" / "b" / "refwave.toml";
  EXPECT_TRUE(test::succeeded(save(path)));
  EXPECT_THAT(test::contents_of(path), EndsWith("\nperiod = 64\n"));
  EXPECT_EQ(load_file({path.string(), true}).configuration, after_);
}

TEST_F(Configuration_save, Replaces_the_file_and_leaves_nothing_beside_it) {
  const auto path = folder_ / "refwave.toml";
  write(path, "period = 480 # mine\nrate = 44100 # added in an editor meanwhile\n");
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  const auto permissions = std::filesystem::status(path).permissions();  // Windows has not all of them
  EXPECT_TRUE(test::succeeded(save(path)));
  EXPECT_EQ(test::contents_of(path), "period = 64 # mine\nrate = 44100 # added in an editor meanwhile\n");
  EXPECT_EQ(std::filesystem::status(path).permissions(), permissions);
  EXPECT_EQ(files(), 1U);
}

TEST_F(Configuration_save, A_link_stays_and_its_file_is_written) {
  write(folder_ / "real.toml", "period = 480\n");
  std::error_code refused;
  std::filesystem::create_symlink("real.toml", folder_ / "refwave.toml", refused);
  if (refused) GTEST_SKIP() << "no links here: " << refused.message();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(test::succeeded(save(folder_ / "refwave.toml")));
    EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "refwave.toml"));
    EXPECT_THAT(test::contents_of(folder_ / "real.toml"), HasSubstr("period = 64\n"));
    std::filesystem::remove(folder_ / "real.toml");  // now the link leads nowhere
  }
}

TEST_F(Configuration_save, Failures_say_what_to_do) {
  const auto path = folder_ / "refwave.toml";
  EXPECT_THAT(save_changes({}, {}, after_).reason(), HasSubstr("REFWAVE_CONFIG"));
  EXPECT_THAT(save(folder_).reason(), AllOf(HasSubstr("a folder"), HasSubstr("Move it away")));

  write(path, "period = = 1\n");
  EXPECT_THAT(save(path).reason(), AllOf(HasSubstr("refwave.toml:1:10: not TOML"), HasSubstr("Correct it")));
  EXPECT_EQ(test::contents_of(path), "period = = 1\n");

  write(path, "period = 480\n");
  std::filesystem::permissions(path, std::filesystem::perms(0440));
  EXPECT_THAT(save(path).reason(), AllOf(HasSubstr("read-only"), HasSubstr("try again")));
  EXPECT_EQ(test::contents_of(path), "period = 480\n");

  write(folder_ / "file", "");
  EXPECT_THAT(save(folder_ / "file" / "refwave.toml").reason(), HasSubstr("cannot be written"));
  EXPECT_EQ(files(), 2U);
}

TEST_F(Configuration_save, Takes_no_name_that_another_file_has) {
  const auto path = folder_ / "refwave.toml";
  write(folder_ / "mine", "kept");
  write(folder_ / "refwave.toml.new", "mine, too");
  std::error_code refused;
  for (const char* target : {"mine", "nothing"})
    std::filesystem::create_symlink(
        target, folder_ / (std::string("refwave.toml.new") + (*target == 'm' ? "1" : "2")), refused);
  EXPECT_TRUE(test::succeeded(save(path)));
  EXPECT_THAT(test::contents_of(path), EndsWith("period = 64\n"));
  EXPECT_EQ(test::contents_of(folder_ / "mine"), "kept");
  EXPECT_EQ(test::contents_of(folder_ / "refwave.toml.new"), "mine, too");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nothing"));
}

TEST_F(Configuration_save, A_trial_says_the_same_and_leaves_the_file_as_it_is) {
  const auto path = folder_ / "refwave.toml";
  write(path, "period = 480\n");
  EXPECT_TRUE(test::succeeded(save_changes({path.string(), true}, {}, after_, Saving::trial)));
  EXPECT_EQ(test::contents_of(path), "period = 480\n");
  write(path, "period = = 1\n");
  EXPECT_THAT(save_changes({path.string(), true}, {}, after_, Saving::trial).reason(), HasSubstr("not TOML"));
  EXPECT_EQ(files(), 1U);
}

}  // namespace
}  // namespace refwave::configuration
