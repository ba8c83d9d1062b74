// With the drop-in winmm.dll, but without a refwave.drv that loads, a program keeps the system's sound.
#include <gtest/gtest.h>

#include "tests/windows/dropin_program.h"

namespace refwave::test {
namespace {

TEST(Dropin_without_driver, Has_the_systems_devices) {
  EXPECT_EQ(waveOutGetNumDevs(), in_system("waveOutGetNumDevs", waveOutGetNumDevs)());
  EXPECT_EQ(waveInGetNumDevs(), in_system("waveInGetNumDevs", waveInGetNumDevs)());
  HWAVEOUT out = nullptr;
  EXPECT_EQ(waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, WAVE_FORMAT_QUERY),
            in_system("waveOutOpen", waveOutOpen)(&out, WAVE_MAPPER, &kFormat, 0, 0, WAVE_FORMAT_QUERY));
}

TEST(Dropin_without_driver, Says_errors_in_the_systems_words) {
  char ours[MAXERRORLENGTH] = "";
  char theirs[MAXERRORLENGTH] = "";
  EXPECT_EQ(waveOutGetErrorTextA(WAVERR_STILLPLAYING, ours, MAXERRORLENGTH), MMSYSERR_NOERROR);
  in_system("waveOutGetErrorTextA", waveOutGetErrorTextA)(WAVERR_STILLPLAYING, theirs, MAXERRORLENGTH);
  EXPECT_STREQ(ours, theirs);
}

}  // namespace
}  // namespace refwave::test
