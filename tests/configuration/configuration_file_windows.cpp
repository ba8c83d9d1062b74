// Where refwave.toml is on Windows.
#include <gtest/gtest.h>
#include <windows.h>
// sddl.h wants windows.h first.
#include <sddl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "driver/configuration/configuration_keys.h"
#include "inf/host/system.h"

namespace refwave::configuration {
namespace {

/// Replaces HKEY_LOCAL_MACHINE for this process, with User Account Control on or off. The process has an
/// administrator's rights (windows/administrator.rc), so it is elevated if the control is on.
class AccountControl {
 public:
  enum class Is : std::uint8_t { off, on };
  explicit AccountControl(Is is) {
    constexpr const wchar_t* policies = L"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";
    RegCreateKeyExW(HKEY_CURRENT_USER, kRoot, 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &root_, nullptr);
    const DWORD enabled = is == Is::on ? 1 : 0;
    RegSetKeyValueW(root_, policies, L"EnableLUA", REG_DWORD, &enabled, sizeof enabled);
    RegOverridePredefKey(HKEY_LOCAL_MACHINE, root_);
  }
  ~AccountControl() {
    RegOverridePredefKey(HKEY_LOCAL_MACHINE, nullptr);
    RegCloseKey(root_);
    RegDeleteTreeW(HKEY_CURRENT_USER, kRoot);
  }
  AccountControl(const AccountControl&) = delete;
  AccountControl& operator=(const AccountControl&) = delete;

 private:
  static constexpr const wchar_t* kRoot = L"refwave-test-of-account-control";
  HKEY root_ = nullptr;
};

class Configuration_place : public testing::Test {
 protected:
  void elevate() {
    control_.reset();
    control_.emplace(AccountControl::Is::on);
  }

 private:
  std::optional<AccountControl> control_{AccountControl::Is::off};
};

TEST_F(Configuration_place, Is_where_the_environment_or_the_folder_for_settings_says) {
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

TEST_F(Configuration_place,
       An_elevated_program_takes_no_file_from_the_environment_and_writes_none_that_its_user_names) {
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"D:\\r.toml");
  SetEnvironmentVariableW(L"REFWAVE_LOG", L"D:\\Jos\u00e9.log");
  SetEnvironmentVariableW(L"APPDATA", L"C:\\a");
  EXPECT_TRUE(may_name_files());
  EXPECT_EQ(log_from_environment(), "D:\\Jos\xC3\xA9.log");
  elevate();
  EXPECT_EQ(configuration_file().path, "C:\\a\\refwave\\refwave.toml");
  EXPECT_FALSE(may_name_files());
  EXPECT_EQ(log_from_environment(), std::nullopt);
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"");
  EXPECT_EQ(configuration_file().path, "") << "to read nothing is harmless";
  SetEnvironmentVariableW(L"REFWAVE_LOG", nullptr);
}

TEST_F(Configuration_place, An_elevated_program_reads_a_file_beside_it_if_only_administrators_write_there) {
  EXPECT_EQ(program_configuration_file("C:\\").refused, "");
  elevate();
  EXPECT_NE(program_configuration_file("C:\\").refused, "") << "a folder of Wine's, which is the user's";
  const std::pair<const wchar_t*, bool> rights[] = {
      {L"O:BAD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;FRFX;;;BU)(A;OICIIO;FA;;;CO)(D;;FA;;;WD)", false},
      {L"O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:(A;;FA;;;SY)", false},
      {L"O:BAD:(A;;FA;;;BA)(A;;0x2;;;BU)", true},  // makes files
      {L"O:BAD:(A;;0x40;;;AU)", true},             // deletes files
      {L"O:BAD:(A;;WD;;;WD)", true},               // gives itself rights
      {L"O:S-1-5-21-1-2-3-1000D:(A;;FA;;;BA)", true},
      {L"O:BA", true},
      {L"D:(A;;FA;;;BA)", true}};
  for (const auto& [text, may] : rights) {
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    ASSERT_NE(
        ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &descriptor, nullptr),
        FALSE)
        << testing::PrintToString(std::wstring(text));
    EXPECT_EQ(may_others_write(descriptor), may) << testing::PrintToString(std::wstring(text));
    LocalFree(descriptor);
  }
}

TEST_F(Configuration_place, An_elevated_program_takes_no_driver_from_the_environment) {
  SetEnvironmentVariableW(L"REFWAVE_DRIVER", L"D:\\r.drv");
  SetEnvironmentVariableW(L"REFWAVE_SYSTEM_INI", L"D:\\r.ini");
  EXPECT_EQ(host::environment("REFWAVE_DRIVER"), "D:\\r.drv");
  EXPECT_EQ(host::system_ini(), "D:\\r.ini");
  elevate();
  EXPECT_EQ(host::environment("REFWAVE_DRIVER"), "");
  EXPECT_EQ(host::system_ini(), "");
  SetEnvironmentVariableW(L"REFWAVE_DRIVER", nullptr);
  SetEnvironmentVariableW(L"REFWAVE_SYSTEM_INI", nullptr);
}

}  // namespace
}  // namespace refwave::configuration
