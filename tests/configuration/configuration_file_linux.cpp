// Where refwave.toml is on Linux.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "driver/configuration/configuration.h"
#include "driver/configuration/configuration_write.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::configuration {
namespace {

TEST(Configuration_place, Is_where_the_environment_or_the_configuration_folder_says) {
  ::setenv("HOME", "/h", 1);
  ::unsetenv("XDG_CONFIG_HOME");
  ::unsetenv("REFWAVE_CONFIG");
  EXPECT_EQ(configuration_file().path, "/h/.config/refwave/refwave.toml");
  ::setenv("XDG_CONFIG_HOME", "relative", 1);
  EXPECT_EQ(configuration_file().path, "/h/.config/refwave/refwave.toml");
  for (const char* home : {"", static_cast<const char*>(nullptr)}) {
    home != nullptr ? ::setenv("HOME", home, 1) : ::unsetenv("HOME");
    EXPECT_EQ(configuration_file().path, "") << "there is no such folder";
  }
  ::setenv("HOME", "/h", 1);
  ::setenv("XDG_CONFIG_HOME", "/x", 1);
  EXPECT_EQ(configuration_file().path, "/x/refwave/refwave.toml");
  EXPECT_FALSE(configuration_file().must_exist);
  ::setenv("REFWAVE_CONFIG", "/r.toml", 1);
  EXPECT_EQ(configuration_file().path, "/r.toml");
  EXPECT_TRUE(configuration_file().must_exist);
}

TEST(Configuration_place, A_program_with_more_rights_than_its_user_takes_nothing_from_the_environment) {
  const test::TemporaryFolder folder;
  struct statvfs system {};
  ASSERT_EQ(::statvfs(folder.path().c_str(), &system), 0);
  if (::geteuid() != 0 || (system.f_flag & ST_NOSUID) != 0)
    GTEST_SKIP() << "making such a program needs root, and a file system that allows it";
  const std::string named = "REFWAVE_CONFIG=/c REFWAVE_LOG=/l REFWAVE_DRIVER=/d ";
  EXPECT_EQ(test::text_of(named + REFWAVE_PLACES), "/c /l /d 480");
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  // A setuid program of another user.
  const std::filesystem::path program = folder / "places";
  std::filesystem::copy_file(REFWAVE_PLACES, program);
  std::ofstream(folder / "refwave.toml") << "period = 96\n";
  ASSERT_EQ(::chown(program.c_str(), 65'534, 65'534), 0);
  ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
  EXPECT_EQ(test::text_of(named + program.string()), "- - - 480") << "others may write its folder";
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  EXPECT_EQ(test::text_of(named + program.string()), "- - - 96");
  ASSERT_EQ(::chmod((folder / "refwave.toml").c_str(), 0664), 0);
  EXPECT_EQ(test::text_of(named + program.string()), "- - - 480") << "a group may write the file";
}

TEST(Configuration_place, A_file_beside_the_program_overrides_the_users_unless_another_user_wrote_it) {
  const test::TemporaryFolder folder;
  const std::string program = (folder / "places").string();
  const std::string file = (folder / "refwave.toml").string();
  std::filesystem::copy_file(REFWAVE_PLACES, program);
  std::ofstream(folder / "user.toml") << "period = 240\nrate = 44100\n";
  const std::string named = "REFWAVE_CONFIG=" + (folder / "user.toml").string();
  const auto period = [](const std::string& run) {
    const std::string text = test::text_of(run);
    return text.substr(text.rfind(' ') + 1);
  };
  EXPECT_EQ(period(named + " " + program), "240");
  std::ofstream(file) << "period = 96\n";
  EXPECT_EQ(period(named + " " + program), "96");
  EXPECT_EQ(period("REFWAVE_CONFIG= " + program), "480") << "no file is read";
  EXPECT_EQ(period("cd " + folder.path().string() + " && " + named + " " + REFWAVE_PLACES), "240")
      << "the current folder";
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  EXPECT_EQ(period(named + " " + program), "240") << "others may write it";
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  if (::geteuid() != 0) return;
  ASSERT_EQ(::chown(file.c_str(), 65'534, 65'534), 0);
  EXPECT_EQ(period(named + " " + program), "240") << "another user wrote it";
}

TEST(Configuration_place, A_FIFO_is_not_read) {
  const test::TemporaryFolder folder;
  const std::string fifo = (folder / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(load_file({fifo, false}).warnings,
              testing::ElementsAre(testing::HasSubstr("not a regular file")));
}

TEST(Configuration_place, What_finds_no_room_is_removed) {
  const test::TemporaryFolder folder;
  Configuration after;
  after.period = 240;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  const hal::Status saved = save_changes({(folder / "refwave.toml").string(), true}, {}, after);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(saved.reason(), testing::HasSubstr("File too large"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace refwave::configuration
