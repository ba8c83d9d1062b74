// Days of playback on the stepped clock. Every frame is played, and the position is checked after every hour.
// MODEL_HOURS in the environment sets the number of hours; fifty days have 1200.
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "tests/contract/model/direct_driver.h"

namespace refwave::contract {
namespace {

constexpr std::uint32_t kRate = 8'000;
constexpr std::uint32_t kSecondsAnHour = 3'600;
constexpr std::uint32_t kBlockFrames = 7'919;  // does not divide a second, so passes end anywhere in a period
constexpr WAVEFORMATEX kFloatMono{WAVE_FORMAT_IEEE_FLOAT, 1, kRate, kRate * 4, 4, 32, 0};

std::uint64_t hours_to_play() {
  const char* const hours = std::getenv("MODEL_HOURS");
  return hours == nullptr ? MODEL_HOURS : std::strtoull(hours, nullptr, 10);
}

void CALLBACK ignore(HDRVR, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR) {}

/// Returns: the position in the unit that `type` names.
DWORD position_in(UINT type, DWORD_PTR stream) {
  MMTIME time{};
  time.wType = type;
  EXPECT_EQ(wodMessage(0, WODM_GETPOS, stream, address_of(&time), sizeof(time)), MMSYSERR_NOERROR);
  EXPECT_EQ(time.wType, type);
  return time.u.cb;
}

TEST(Position, Is_right_in_bytes_and_samples_after_days) {
  const DirectDriver driver("device=clocked; clock=0; rate=8000; channels=1; format=f32; period=8000");
  DWORD_PTR stream = 0;
  const WAVEOPENDESC description = open_description(kFloatMono, ignore, nullptr);
  ASSERT_EQ(wodMessage(0, WODM_OPEN, address_of(&stream), address_of(&description), CALLBACK_FUNCTION),
            MMSYSERR_NOERROR);
  std::vector<float> samples(kBlockFrames, 0.5F);
  WAVEHDR header{};
  header.lpData = reinterpret_cast<LPSTR>(samples.data());
  header.dwBufferLength = kBlockFrames * 4;
  header.dwFlags = WHDR_PREPARED | WHDR_BEGINLOOP | WHDR_ENDLOOP;
  header.dwLoops = 0xFFFF'FFFF;
  ASSERT_EQ(wodMessage(0, WODM_WRITE, stream, address_of(&header), sizeof(header)), MMSYSERR_NOERROR);

  const std::uint64_t hours = hours_to_play();
  for (std::uint64_t hour = 1; hour <= hours; ++hour) {
    driver.step(kSecondsAnHour);  // a period is a second
    const std::uint64_t frames = hour * kSecondsAnHour * kRate;
    ASSERT_EQ(position_in(TIME_SAMPLES, stream), static_cast<DWORD>(frames)) << "hour " << hour;
    ASSERT_EQ(position_in(TIME_BYTES, stream), static_cast<DWORD>(frames * 4)) << "hour " << hour;
    ASSERT_EQ(flags_of(header) & (WHDR_DONE | WHDR_INQUEUE), WHDR_INQUEUE) << "hour " << hour;
  }

  EXPECT_EQ(wodMessage(0, WODM_RESET, stream, 0, 0), MMSYSERR_NOERROR);
  EXPECT_EQ(position_in(TIME_SAMPLES, stream), 0U);
  EXPECT_EQ(wodMessage(0, WODM_CLOSE, stream, 0, 0), MMSYSERR_NOERROR);
}

}  // namespace
}  // namespace refwave::contract
