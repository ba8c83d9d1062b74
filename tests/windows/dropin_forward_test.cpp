// Everything but wave audio is forwarded to the system's winmm.
#include <gmock/gmock.h>

#include <string>

#include "tests/windows/dropin_program.h"

namespace refwave::test {
namespace {

DWORD_PTR heard_values[5] = {};
void CALLBACK hear_values(HDRVR device, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second) {
  const DWORD_PTR values[] = {reinterpret_cast<DWORD_PTR>(device), message, user, first, second};
  std::copy(std::begin(values), std::end(values), heard_values);
}

FARPROC imported(const std::string& name) { return GetProcAddress(imported_winmm(), name.c_str()); }

TEST(Dropin_forwards, Counts_of_devices) {
  EXPECT_EQ(midiOutGetNumDevs(), in_system("midiOutGetNumDevs", midiOutGetNumDevs)());
  EXPECT_EQ(midiInGetNumDevs(), in_system("midiInGetNumDevs", midiInGetNumDevs)());
  EXPECT_EQ(joyGetNumDevs(), in_system("joyGetNumDevs", joyGetNumDevs)());
  EXPECT_EQ(mixerGetNumDevs(), in_system("mixerGetNumDevs", mixerGetNumDevs)());
  EXPECT_EQ(auxGetNumDevs(), in_system("auxGetNumDevs", auxGetNumDevs)());
  EXPECT_GT(joyGetNumDevs(), 0U) << "one that is not 0 anywhere";
}

TEST(Dropin_forwards, What_drivers_import) {
  EXPECT_EQ(DefDriverProc(0, nullptr, DRV_LOAD, 0, 0), 1);
  EXPECT_EQ(DefDriverProc(0, nullptr, DRV_QUERYCONFIGURE, 0, 0), 0);
  EXPECT_NE(DriverCallback(reinterpret_cast<DWORD_PTR>(hear_values), DCB_FUNCTION | DCB_NOSWITCH,
                           reinterpret_cast<HDRVR>(11), 22, 33, 44, 55),
            FALSE);
  EXPECT_THAT(heard_values, testing::ElementsAre(11, 22, 33, 44, 55)) << "all seven values, in their order";
  EXPECT_EQ(OpenDriver(L"no_such_driver.drv", nullptr, 0), nullptr);
}

TEST(Dropin_forwards, The_function_that_has_a_number_and_no_name) {
  EXPECT_NE(GetProcAddress(imported_winmm(), MAKEINTRESOURCEA(2)), nullptr);
}

TEST(Dropin_forwards, Nothing_where_the_system_has_nothing) {
  using Function = DWORD_PTR(WINAPI*)(DWORD_PTR, DWORD_PTR, DWORD_PTR, DWORD_PTR, DWORD_PTR);
  for (const std::string name :
       {"NotifyCallbackData", "aux32Message", "wod32Message"}) {  // of 20 bytes on x86
    ASSERT_EQ(GetProcAddress(system_winmm(), name.c_str()), nullptr) << "Wine has it";
    const auto call = reinterpret_cast<Function>(reinterpret_cast<void*>(imported(name)));
    ASSERT_NE(call, nullptr) << name;
    EXPECT_EQ(call(1, 2, 3, 4, 5), 0U) << name;
  }
}

}  // namespace
}  // namespace refwave::test
