// Where refwave.toml is on Windows.
#include <gtest/gtest.h>
#include <windows.h>

#include "driver/configuration/configuration.h"

namespace refwave::configuration {
namespace {

TEST(Configuration_place, Is_where_the_environment_or_the_folder_for_settings_says) {
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", nullptr);
  SetEnvironmentVariableW(L"APPDATA", L"C:\\Jos\u00e9\\Roaming");
  EXPECT_EQ(configuration_file().path, "C:\\Jos\xC3\xA9\\Roaming\\refwave\\refwave.toml");
  EXPECT_FALSE(configuration_file().must_exist);
  SetEnvironmentVariableW(L"APPDATA", nullptr);
  EXPECT_EQ(configuration_file().path, "");
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"D:\\r.toml");
  EXPECT_EQ(configuration_file().path, "D:\\r.toml");
  EXPECT_TRUE(configuration_file().must_exist);
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"");
  EXPECT_EQ(configuration_file().path, "");
}

TEST(Configuration_place, A_log_is_named_by_the_environment_or_switched_off_there) {
  SetEnvironmentVariableW(L"REFWAVE_LOG", nullptr);
  EXPECT_EQ(log_from_environment(), std::nullopt);
  SetEnvironmentVariableW(L"REFWAVE_LOG", L"D:\\Jos\u00e9.log");
  EXPECT_EQ(log_from_environment(), "D:\\Jos\xC3\xA9.log");
  SetEnvironmentVariableW(L"REFWAVE_LOG", L"");
  EXPECT_EQ(log_from_environment(), "");
  SetEnvironmentVariableW(L"REFWAVE_LOG", nullptr);
}

}  // namespace
}  // namespace refwave::configuration
