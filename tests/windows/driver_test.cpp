// refwave.drv, loaded by Windows' own OpenDriver, leaves the client's COM apartment as it was.
#include <gtest/gtest.h>
#include <windows.h>
// objbase.h wants windows.h first.
#include <objbase.h>

#include "tests/windows/real_driver.h"

namespace refwave::test {
namespace {

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
  expect_playing(RealDriver());
  EXPECT_EQ(apartment(), before);
  if (GetParam() != kNone) CoUninitialize();
}

INSTANTIATE_TEST_SUITE_P(Com, Apartment, testing::Values(-1, COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED));

}  // namespace
}  // namespace refwave::test
