// Files whose names are taken, links, limits, and what stands in a file's way.
#include "hal/system/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "tests/support/status.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return (folder / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return at(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream stream(folder / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  const test::TemporaryFolder folder;
  std::string reason;
};

TEST_F(Files, A_look_tells_what_is_there) {
  EXPECT_EQ(look_at_file(at("none")).kind, FileKind::absent);
  EXPECT_EQ(look_at_file(folder.path().string()).kind, FileKind::folder);
  EXPECT_EQ(look_at_file("/dev/null").kind, FileKind::other);
  const std::string path = write("file", "12345");
  EXPECT_EQ(look_at_file(path).kind, FileKind::regular);
  EXPECT_EQ(look_at_file(path).bytes, 5U);
  EXPECT_FALSE(look_at_file(path).read_only);
  ASSERT_EQ(chmod(path.c_str(), 0400), 0);
  EXPECT_TRUE(look_at_file(path).read_only);
}

TEST_F(Files, A_created_file_is_empty_and_nothing_but_a_file_is_emptied) {
  EXPECT_NE(create_file(write("old", "something"), reason), nullptr);
  EXPECT_EQ(read("old"), "");
  EXPECT_EQ(create_file("/dev/null", reason), nullptr);
  EXPECT_EQ(reason, "not a regular file");
  EXPECT_EQ(create_file(folder.path().string(), reason), nullptr);
  EXPECT_EQ(reason, "Is a directory");
  EXPECT_EQ(open_to_append(at("no/such/folder"), reason), nullptr);
  EXPECT_EQ(reason, "No such file or directory");
}

TEST_F(Files, What_cannot_be_written_to_takes_nothing) {
  const File file = open_file(write("file", "old"), "r");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(append(file.get(), "new"), 0U);
  EXPECT_FALSE(resize_file(file.get(), 1));
  EXPECT_EQ(read("file"), "old");
}

TEST_F(Files, A_file_gets_the_length_that_is_asked_for) {
  const File file = create_file(at("file"), reason);
  ASSERT_NE(file, nullptr) << reason;
  std::fputs("12345", file.get());
  EXPECT_TRUE(resize_file(file.get(), 2));
  EXPECT_EQ(read("file"), "12");
}

TEST_F(Files, A_large_file_is_set_aside_and_replaces_the_one_before) {
  write("log.1", "older");
  const File file = open_to_append(write("log", "12345"), reason);
  ASSERT_NE(file, nullptr) << reason;
  EXPECT_FALSE(set_aside(file.get(), at("log"), 5)) << "not larger than that";
  EXPECT_TRUE(set_aside(file.get(), at("log"), 4));
  EXPECT_FALSE(fs::exists(folder / "log"));
  EXPECT_EQ(read("log.1"), "12345");
}

TEST_F(Files, A_file_that_another_program_has_set_aside_is_not_set_aside_again) {
  const File file = open_to_append(write("log", "12345"), reason);
  fs::rename(folder / "log", folder / "elsewhere");
  EXPECT_TRUE(set_aside(file.get(), at("log"), 4)) << "nobody has the name";
  write("log", "new");
  EXPECT_TRUE(set_aside(file.get(), at("log"), 4)) << "another file has it";
  EXPECT_EQ(read("log"), "new");
  EXPECT_FALSE(fs::exists(folder / "log.1"));
}

TEST_F(Files, A_file_that_another_program_is_setting_aside_stays) {
  const File file = open_to_append(write("log", "12345"), reason);
  const int other = open(at("log").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_FALSE(set_aside(file.get(), at("log"), 4));
  close(other);
  EXPECT_TRUE(set_aside(file.get(), at("log"), 4));
}

TEST_F(Files, A_file_whose_new_name_is_taken_for_good_stays) {
  const File file = open_to_append(write("log", "12345"), reason);
  fs::create_directories(folder / "log.1" / "full");
  EXPECT_FALSE(set_aside(file.get(), at("log"), 4));
  EXPECT_EQ(read("log"), "12345");
}

TEST_F(Files, A_link_leads_to_its_file_and_a_file_to_itself) {
  write("file", "x");
  fs::create_symlink("file", folder / "link");
  EXPECT_EQ(behind_links(at("link")), fs::canonical(folder / "file").string());
  EXPECT_EQ(behind_links(at("none")), at("none"));
}

TEST_F(Files, The_folders_of_a_file_are_made) {
  EXPECT_TRUE(test::succeeded(make_folder_of(at("a/b/file"))));
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  EXPECT_TRUE(test::succeeded(make_folder_of(at("a/b/file")))) << "they are there already";
  EXPECT_TRUE(test::succeeded(make_folder_of("file"))) << "it lies in no other folder";
  write("taken", "");
  EXPECT_THAT(make_folder_of(at("taken/file")).reason(), HasSubstr("Not a directory"));
}

TEST_F(Files, A_replaced_file_keeps_its_permissions) {
  write("target", "old");
  ASSERT_EQ(chmod(at("target").c_str(), 0640), 0);
  EXPECT_TRUE(test::succeeded(replace_file(write("fresh", "new"), at("target"))));
  EXPECT_EQ(read("target"), "new");
  EXPECT_EQ(fs::status(folder / "target").permissions(), fs::perms{0640});
  EXPECT_FALSE(fs::exists(folder / "fresh"));
  EXPECT_TRUE(test::succeeded(replace_file(write("fresh", "new"), at("first")))) << "there was no such file";
  EXPECT_EQ(read("first"), "new");
}

TEST_F(Files, A_file_that_cannot_take_the_name_leaves_nothing_behind) {
  fs::create_directories(folder / "target" / "full");
  EXPECT_FALSE(replace_file(write("fresh", "new"), at("target")).ok());
  EXPECT_FALSE(fs::exists(folder / "fresh"));
  EXPECT_TRUE(fs::is_directory(folder / "target" / "full"));
}

}  // namespace
}  // namespace refwave::hal
