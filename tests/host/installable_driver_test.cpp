// OpenDriver and its family: the order of messages, the count of opens, where drivers are found, failures.
#include <gtest/gtest.h>
#include <winmm_host.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/host/puppets.h"
#include "tests/host/system_ini_file.h"

namespace refwave::host::test {
namespace {

constexpr LPARAM kLParam2 = 0x7777;

class InstallableDriver : public testing::Test {
 protected:
  InstallableDriver() { puppets.reset(); }
  ~InstallableDriver() override { puppets.reset(); }

  static HDRVR open_first(LPARAM lparam2 = 0) {
    return OpenDriver(wide(driver_path("first.drv")).c_str(), nullptr, lparam2);
  }

  /// Expects: the open fails. Returns: the reason.
  static std::string failure_of(const char16_t* name, const char16_t* section) {
    EXPECT_EQ(OpenDriver(name, section, 0), nullptr);
    return winmm_host_last_error();
  }

  Puppets& puppets = Puppets::instance();
};

TEST_F(InstallableDriver, A_session_opened_with_the_first_value_lasts_until_the_last_close) {
  const HDRVR driver = open_first(kLParam2);
  const HDRVR further = open_first(kLParam2);
  EXPECT_NE(driver, further);
  ASSERT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN OPEN OPEN");
  const auto opened = puppets.driver_messages();
  EXPECT_EQ(opened[2].identifier, 0u);
  EXPECT_EQ(opened[2].lparam2, 0);
  EXPECT_NE(opened[2].handle, driver);
  EXPECT_EQ(opened[3].lparam2, kLParam2);
  EXPECT_EQ(opened[3].handle, driver);

  CloseDriver(further, 0, 0);
  EXPECT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN OPEN OPEN CLOSE");
  EXPECT_NE(CloseDriver(driver, 5, 6), 0);
  ASSERT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN OPEN OPEN CLOSE CLOSE CLOSE DISABLE FREE");
  const auto closed = puppets.driver_messages();
  EXPECT_EQ(closed[6].handle, driver);
  EXPECT_EQ(closed[6].lparam1, 5);
  EXPECT_EQ(closed[6].lparam2, 6);
  EXPECT_EQ(closed[7].handle, opened[2].handle);
  EXPECT_GT(closed[7].identifier, 0x1'0000'0000) << "what DRV_OPEN returned, whole";
  EXPECT_EQ(closed[6].identifier, closed[7].identifier + 1);
}

TEST_F(InstallableDriver, A_driver_that_refuses_to_load_or_open_is_unloaded) {
  puppets.answer_driver(DRV_LOAD, 0);
  EXPECT_EQ(open_first(), nullptr);
  EXPECT_EQ(puppets.driver_order(), "LOAD");
  EXPECT_STREQ(winmm_host_last_error(), "OpenDriver: the driver refused DRV_LOAD");
  for (const auto& [second, reason] : {std::pair{LPARAM{0}, ""}, {kLParam2, " (the session's)"}}) {
    puppets.reset();
    puppets.answer_driver(DRV_OPEN, 0);
    EXPECT_EQ(open_first(second), nullptr);
    EXPECT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN DISABLE FREE");
    EXPECT_EQ(winmm_host_last_error(), std::string("OpenDriver: the driver refused DRV_OPEN") + reason);
  }
}

TEST_F(InstallableDriver, Bad_handles_are_answered_with_zero) {
  const HDRVR driver = open_first();
  CloseDriver(driver, 0, 0);
  for (const HDRVR bad : {HDRVR{nullptr}, driver, reinterpret_cast<HDRVR>(0xDEAD0001)}) {
    EXPECT_EQ(CloseDriver(bad, 0, 0), 0);
    EXPECT_EQ(SendDriverMessage(bad, DRV_USER, 0, 0), 0);
    EXPECT_EQ(GetDriverModuleHandle(bad), nullptr);
  }
  EXPECT_EQ(OpenDriver(nullptr, nullptr, 0), nullptr);
}

TEST_F(InstallableDriver, The_module_handle_leads_to_the_exports) {
  const HDRVR driver = open_first();
  const HMODULE module = GetDriverModuleHandle(driver);
  EXPECT_NE(GetProcAddress(module, "wodMessage"), nullptr);
  EXPECT_EQ(GetProcAddress(module, "no_such_export"), nullptr);
  EXPECT_EQ(GetProcAddress(reinterpret_cast<HMODULE>(0xDEAD0001), "wodMessage"), nullptr);
  CloseDriver(driver, 0, 0);
  EXPECT_EQ(GetProcAddress(module, "wodMessage"), nullptr);
}

TEST_F(InstallableDriver, A_driver_may_open_close_and_ask_from_inside_its_messages) {
  HDRVR inner = nullptr;
  HMODULE module = nullptr;
  puppets.answer_driver([&](const DriverMessage& message) -> std::optional<LRESULT> {
    if (message.driver == "first" && message.message == DRV_LOAD) {
      EXPECT_EQ(open_first(), nullptr);  // itself, while it is being loaded: refused, not a deadlock
      inner = OpenDriver(wide(driver_path("second.drv")).c_str(), nullptr, 0);
    }
    if (message.driver == "first" && message.message == DRV_OPEN)
      module = GetDriverModuleHandle(message.handle);
    if (message.driver == "first" && message.message == DRV_FREE) CloseDriver(inner, 0, 0);
    return std::nullopt;
  });
  const HDRVR driver = open_first();
  ASSERT_NE(driver, nullptr);
  EXPECT_NE(inner, nullptr);
  EXPECT_EQ(module, GetDriverModuleHandle(driver));
  CloseDriver(driver, 0, 0);
  EXPECT_EQ(puppets.driver_order(),
            "LOAD LOAD ENABLE OPEN ENABLE OPEN CLOSE DISABLE FREE CLOSE DISABLE FREE");
}

TEST_F(InstallableDriver, Is_found_by_key_or_file_and_gets_what_follows_the_file_name) {
  const std::string first = driver_path("first.drv");
  const std::string second = driver_path("second.drv");
  const SystemIniFile ini("\xEF\xBB\xBF; mine\r\n[drivers32]\r\nwave3 = \"" + first +
                          "\"  output=\xC3\xA4 b=2 \r\nfirst.drv=" + second + "\nkey=" + second +
                          "\nbeside=\"sub dir/f.drv\" p\n[other]\ntheirs=" + second +
                          "\ntheirs=/the/first/counts.drv\n");
  std::filesystem::create_directory(ini.folder() / "sub dir");
  std::filesystem::create_symlink(first, ini.folder() / "sub dir" / "f.drv");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(TEST_DRIVERS_FOLDER);
  const struct {
    const char16_t* name;
    const char16_t* section;
    const char* driver;
    std::u16string text;
  } cases[] = {{u"Wave3", u"Drivers32", "first", u"output=\u00E4 b=2"},
               {u"theirs", u"other", "second", u""},
               {u"first.drv", nullptr, "first", u""},
               {u"key", nullptr, "second", u""},
               {u"beside", u"drivers32", "first", u"p"}};
  for (const auto& [name, section, driver, text] : cases) {
    puppets.reset();
    CloseDriver(OpenDriver(name, section, 0), 0, 0);
    ASSERT_EQ(puppets.driver_messages().size(), 6u) << driver << winmm_host_last_error();
    EXPECT_EQ(puppets.driver_messages()[2].driver, driver);
    EXPECT_EQ(puppets.driver_messages()[2].text, text);
  }
  std::filesystem::current_path(before);
  EXPECT_EQ(failure_of(u"key", u"other"), ini.path() + ": there is no key 'key' in [other]");
}

TEST_F(InstallableDriver, Failures_name_the_file_the_line_the_key_and_the_reason) {
  const SystemIniFile ini(
      "early=1\n[open\n; comment\n[drivers32]\nwave=/no/such.drv\nwave1=" + driver_path("foreign.drv") +
      "\nwave2=text.drv\nwave3=\"open\nnonsense\nwave5=\"\" x\n");
  std::ofstream(ini.folder() / "text.drv") << "not a shared object";
  EXPECT_TRUE(failure_of(u"wave", u"drivers32")
                  .starts_with(ini.path() + ":5: wave: there is no file '/no/such.drv'"));
  EXPECT_EQ(failure_of(u"wave1", u"drivers32"), ini.path() + ":6: wave1: " + driver_path("foreign.drv") +
                                                    " exports no DriverProc, so it is no driver");
  EXPECT_TRUE(failure_of(u"wave2", u"drivers32").starts_with(ini.path() + ":7: wave2: cannot load it: "));
  EXPECT_EQ(failure_of(u"wave3", u"drivers32"),
            ini.path() + ":8: wave3: no file name, or no closing quote, in '\"open'");
  EXPECT_EQ(failure_of(u"wave5", u"drivers32"),
            ini.path() + ":10: wave5: no file name, or no closing quote, in '\"\" x'");
  EXPECT_EQ(failure_of(u"wave4", u"drivers32"),
            ini.path() + ": there is no key 'wave4' in [drivers32]\n" + ini.path() +
                ":1: a key before the first [section]; line ignored\n" + ini.path() +
                ":2: a [section] without its ]; line ignored\n" + ini.path() +
                ":9: neither [section] nor key=value; line ignored");
  setenv("REFWAVE_SYSTEM_INI", "/no/such/system.ini", 1);
  EXPECT_EQ(failure_of(u"wave", u"drivers32"),
            "/no/such/system.ini: cannot be read, so there is no driver 'wave'");
  EXPECT_EQ(puppets.driver_order(), "");
}

// libwinmm and refwave.drv lie side by side in the build tree, as where refwave is installed.
TEST_F(InstallableDriver, Without_a_file_the_driver_beside_libwinmm_serves) {
  setenv("XDG_CONFIG_HOME", "/no/such", 1);
  const HDRVR driver = OpenDriver(u"wave", u"drivers32", 0);
  EXPECT_NE(driver, nullptr) << winmm_host_last_error();
  EXPECT_NE(GetProcAddress(GetDriverModuleHandle(driver), "wodMessage"), nullptr);
  CloseDriver(driver, 0, 0);
  EXPECT_EQ(failure_of(u"wave1", u"drivers32"), "no file registers drivers");
  unsetenv("XDG_CONFIG_HOME");
}

TEST_F(InstallableDriver, Threads_that_open_and_close_at_once_see_one_load_for_each_free) {
  std::vector<std::jthread> threads(4);
  for (std::jthread& thread : threads) {
    thread = std::jthread([] {
      for (int round = 0; round < 200; ++round) {
        const HDRVR driver = open_first(round % 2);
        ASSERT_NE(driver, nullptr);
        EXPECT_EQ(SendDriverMessage(driver, DRV_INSTALL, 0, 0), DRVCNF_OK);
        EXPECT_NE(CloseDriver(driver, 0, 0), 0);
      }
    });
  }
  threads.clear();

  int loaded = 0;
  int open = 0;
  for (const DriverMessage& message : puppets.driver_messages()) {
    if (message.message == DRV_LOAD) ++loaded;
    if (message.message == DRV_FREE) --loaded;
    if (message.message == DRV_OPEN) ++open;
    if (message.message == DRV_CLOSE) --open;
    ASSERT_TRUE(loaded == 0 || loaded == 1);
    ASSERT_TRUE(open == 0 || message.message != DRV_FREE);
  }
  EXPECT_EQ(loaded, 0);
}

TEST_F(InstallableDriver, A_handle_that_is_being_closed_cannot_be_closed_again) {
  LRESULT again = -1;
  puppets.answer_driver([&](const DriverMessage& message) -> std::optional<LRESULT> {
    if (message.message == DRV_CLOSE) again = CloseDriver(message.handle, 0, 0);
    return std::nullopt;
  });
  EXPECT_NE(CloseDriver(open_first(), 0, 0), 0);
  EXPECT_EQ(again, 0);
  EXPECT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN CLOSE DISABLE FREE");
}

}  // namespace
}  // namespace refwave::host::test
