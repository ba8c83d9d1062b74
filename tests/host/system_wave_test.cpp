// The handles that the drop-in has from the system's winmm.
#include "inf/host/wave/system_wave.h"

#include <gtest/gtest.h>

namespace refwave::host {
namespace {

constexpr OpenCall kOpening{};

/// Gives one handle again and again. A close lets another thread open before it returns.
class OneHandleSystem final : public SystemWave {
 public:
  MMRESULT open(Direction, HWAVE* handle, const OpenCall&) const override {
    *handle = reinterpret_cast<HWAVE>(DWORD_PTR{8});
    return MMSYSERR_NOERROR;
  }
  MMRESULT send(Direction direction, HWAVE, UINT, DWORD_PTR, DWORD_PTR) const override {
    HWAVE again = nullptr;
    return opens_meanwhile ? open_in_system(direction, &again, kOpening) : MMSYSERR_NOERROR;
  }
  MMRESULT id(Direction, HWAVE, LPUINT) const override { return MMSYSERR_NOTSUPPORTED; }
  MMRESULT message(Direction, HWAVE, UINT, DWORD_PTR, DWORD_PTR) const override {
    return MMSYSERR_NOTSUPPORTED;
  }

  bool opens_meanwhile = true;
};

TEST(SystemWave, A_handle_given_again_before_its_close_returns_is_known_until_its_own_close) {
  static OneHandleSystem system;
  set_system_wave(system);
  HWAVE handle = nullptr;
  ASSERT_EQ(open_in_system(Direction::output, &handle, kOpening), MMSYSERR_NOERROR);
  EXPECT_EQ(send_to_system(Direction::output, handle, WODM_CLOSE), MMSYSERR_NOERROR);
  EXPECT_TRUE(is_in_system(Direction::output, handle));
  system.opens_meanwhile = false;
  EXPECT_EQ(send_to_system(Direction::output, handle, WODM_CLOSE), MMSYSERR_NOERROR);
  EXPECT_FALSE(is_in_system(Direction::output, handle));
}

}  // namespace
}  // namespace refwave::host
