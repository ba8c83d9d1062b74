// Where refwave.toml is on Linux, and what may lie there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "driver/configuration/configuration.h"
#include "tests/support/temporary_folder.h"

namespace refwave::configuration {
namespace {

TEST(Configuration_place, Is_where_the_environment_or_the_configuration_folder_says) {
  ::setenv("HOME", "/h", 1);
  ::unsetenv("XDG_CONFIG_HOME");
  ::unsetenv("REFWAVE_CONFIG");
  EXPECT_EQ(configuration_file().path, "/h/.config/refwave/refwave.toml");
  ::setenv("XDG_CONFIG_HOME", "/x", 1);
  EXPECT_EQ(configuration_file().path, "/x/refwave/refwave.toml");
  EXPECT_FALSE(configuration_file().must_exist);
  ::setenv("REFWAVE_CONFIG", "/r.toml", 1);
  EXPECT_EQ(configuration_file().path, "/r.toml");
  EXPECT_TRUE(configuration_file().must_exist);
}

TEST(Configuration_place, What_would_be_waited_for_is_not_read) {
  const test::TemporaryFolder folder;
  const std::string fifo = (folder / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(load_file({fifo, false}).warnings,
              testing::ElementsAre(testing::HasSubstr("not a regular file")));
}

}  // namespace
}  // namespace refwave::configuration
