// A position that no longer fits into 32 bits. It takes four gigabytes of audio, which is too much for a
// sanitizer.
#include <gtest/gtest.h>
#include "tests/contract/client.h"
// mmreg.h wants mmsystem.h first.
#include <mmreg.h>

namespace refwave::contract {
namespace {

/// CONTRACT.md, WODM_GETPOS: "the 64-bit value modulo 2^32". Four gigabytes are quickest in large frames.
TEST(Position, Wraps_modulo_two_to_the_thirty_second) {
  const LoadedDriver driver("device=clocked; clock=0; rate=192000; channels=1; period=16384");
  WAVEFORMATEX format = pcm(8, 64, 192'000);
  format.wFormatTag = WAVE_FORMAT_IEEE_FLOAT;
  constexpr DWORD kFrames = 65'536;
  constexpr DWORD kPasses = 1'027;  // of 4 MiB each
  Diary diary;
  Block block(std::size_t{kFrames} * format.nBlockAlign);
  const Player player(diary, format);
  block.header.dwFlags = WHDR_BEGINLOOP | WHDR_ENDLOOP;
  block.header.dwLoops = kPasses;
  player.queue(block);
  driver.step(kPasses * 4);
  driver.settle();
  EXPECT_EQ(diary.count_done(), 1U);
  EXPECT_EQ(player.frames(), kFrames * kPasses);
  EXPECT_EQ(player.bytes(), 3U * kFrames * format.nBlockAlign);
}

}  // namespace
}  // namespace refwave::contract
