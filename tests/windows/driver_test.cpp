// refwave.drv loaded by Windows' own OpenDriver. That Windows' own DriverCallback tells its clients in each
// way, and that a process ends while it plays, are rules of `refwave conform`, which runs on Windows too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <windows.h>
// objbase.h wants windows.h first.
#include <objbase.h>

#include <algorithm>
#include <vector>

#include "tests/windows/message_probe.h"
#include "tests/windows/real_driver.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;

constexpr const char* kClocked = "output = [\"clocked\"]\ninput = [\"clocked\"]\nclock = 10\n";

TEST(RealDriver, Gets_its_messages_in_the_documented_order_and_answers_each) {
  const Configured configured(kClocked);
  SetEnvironmentVariableW(kProbedDriver, RealDriver::driver_path().c_str());
  const std::string probe = MESSAGE_PROBE;
  std::wstring path = L"Z:" + std::wstring(probe.begin(), probe.end());
  std::replace(path.begin(), path.end(), L'/', L'\\');
  const HMODULE kept = LoadLibraryW(path.c_str());  // so that its notes outlive the driver's unloading
  ASSERT_NE(kept, nullptr);

  const HDRVR driver = OpenDriver(path.c_str(), nullptr, 77);
  ASSERT_NE(driver, nullptr);
  EXPECT_NE(CloseDriver(driver, 0, 0), 0);

  const auto notes_of =
      reinterpret_cast<Notes* (*)()>(reinterpret_cast<void*>(GetProcAddress(kept, kProbeNotes)));
  const Notes& notes = *notes_of();
  std::vector<UINT> order;
  for (std::size_t i = 0; i < notes.count; ++i) {
    order.push_back(notes.all[i].message);
    EXPECT_NE(notes.all[i].answer, 0) << "message " << notes.all[i].message;
  }
  ASSERT_THAT(order, ElementsAre(DRV_LOAD, DRV_ENABLE, DRV_OPEN, DRV_OPEN, DRV_CLOSE, DRV_CLOSE, DRV_DISABLE,
                                 DRV_FREE));
  EXPECT_EQ(notes.all[2].second, 0);  // the session that Windows opens first
  EXPECT_EQ(notes.all[3].second, 77);
  EXPECT_NE(notes.all[2].answer, notes.all[3].answer);
  EXPECT_EQ(notes.all[4].id, static_cast<DWORD_PTR>(notes.all[3].answer));
  EXPECT_EQ(notes.all[5].id, static_cast<DWORD_PTR>(notes.all[2].answer));
}

class Apartment : public testing::TestWithParam<int> {};

TEST_P(Apartment, Of_the_client_is_left_as_it_was) {
  const Configured configured("output = [\"default\"]\nlinger_ms = 0\n");
  constexpr int kNone = -1;
  if (GetParam() != kNone) {
    ASSERT_EQ(CoInitializeEx(nullptr, static_cast<DWORD>(GetParam())), S_OK);
  }
  const auto apartment = [] {
    APTTYPE type = APTTYPE_CURRENT;
    APTTYPEQUALIFIER qualifier = APTTYPEQUALIFIER_NONE;
    return CoGetApartmentType(&type, &qualifier) == S_OK ? static_cast<int>(type) : kNone;
  };
  const int before = apartment();
  {
    const RealDriver driver;
    Output output(driver);
    EXPECT_EQ(output.result(), static_cast<DWORD>(MMSYSERR_NOERROR));
    EXPECT_EQ(output.play(), static_cast<DWORD>(MMSYSERR_NOERROR));
    EXPECT_TRUE(output.wait());
  }
  EXPECT_EQ(apartment(), before);
  if (GetParam() != kNone) CoUninitialize();
}

INSTANTIATE_TEST_SUITE_P(Com, Apartment, testing::Values(-1, COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED));

}  // namespace
}  // namespace refwave::test
