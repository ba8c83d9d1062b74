// The two puppet drivers as wave drivers, registered for one test and gone after it.
#pragma once

#include <gtest/gtest.h>
#include <winmm_host.h>

#include "tests/host/puppets.h"

namespace refwave::host::test {

inline constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};

class Wave : public testing::Test {
 protected:
  Wave() {
    winmm_host_unload_wave_drivers();
    puppets.reset();
  }
  ~Wave() override {
    winmm_host_unload_wave_drivers();
    for (const char* key : {"wave", "wave1", "wave7"}) winmm_host_register_driver(key, nullptr);
    puppets.reset();
  }

  static void register_both() {
    winmm_host_register_driver("wave", driver_path("first.drv").c_str());
    winmm_host_register_driver("wave7", (driver_path("second.drv") + " p=1").c_str());
  }

  static HWAVEOUT open_out(UINT id = 0) {
    HWAVEOUT out = nullptr;
    EXPECT_EQ(waveOutOpen(&out, id, &kFormat, 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR);
    return out;
  }

  static HWAVEIN open_in() {
    HWAVEIN in = nullptr;
    EXPECT_EQ(waveInOpen(&in, 0, &kFormat, 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR);
    return in;
  }

  WaveMessageSeen last() const { return puppets.wave_messages().back(); }

  Puppets& puppets = Puppets::instance();
};

}  // namespace refwave::host::test
