// Files that exist, are locked, or cannot be replaced.
#include "hal/system/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  std::string at(const std::string& name) const { return (folder / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return at(name);
  }
  std::string read(const std::string& name) const { return test::contents_of(folder / name); }

  const test::TemporaryFolder folder;
  std::string reason;
};

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

TEST_F(Files, A_file_that_another_program_sets_aside_is_not_set_aside_again) {
  const File file = open_to_append(write("log", "12345"), reason);
  const int other = open(at("log").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_FALSE(set_aside(file.get(), at("log"), 4)) << "it is doing so";
  close(other);
  fs::rename(folder / "log", folder / "elsewhere");
  EXPECT_TRUE(set_aside(file.get(), at("log"), 4)) << "nobody has the name";
  write("log", "new");
  EXPECT_TRUE(set_aside(file.get(), at("log"), 4)) << "another file has it";
  EXPECT_EQ(read("log"), "new");
  EXPECT_FALSE(fs::exists(folder / "log.1"));
}

}  // namespace
}  // namespace refwave::hal
