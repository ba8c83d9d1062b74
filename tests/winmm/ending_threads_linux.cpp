// Callbacks that end their thread, as Python's do after its interpreter has ended.
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>

#include "driver/abi/windows_headers.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"

namespace refwave::test {
namespace {

constexpr int kStatus = 7;

std::atomic<int> done_messages{0};

void CALLBACK end_thread(HWAVEOUT, UINT message, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  if (message != WOM_DONE) return;
  ++done_messages;
  pthread_exit(nullptr);
}

void play_and_exit(const std::string& parameters) {
  static std::array<char, 4 * 480> silence{};
  static std::array<WAVEHDR, 5> headers{};
  setenv("REFWAVE_DRIVER", ("\"" REFWAVE_DRIVER "\" device=clocked; " + parameters).c_str(), 1);
  setenv("REFWAVE_CONFIG", "", 1);
  WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  HWAVEOUT wave = nullptr;
  if (waveOutOpen(&wave, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(&end_thread), 0,
                  CALLBACK_FUNCTION) != MMSYSERR_NOERROR)
    _exit(1);
  for (WAVEHDR& header : headers) {
    header.lpData = silence.data();
    header.dwBufferLength = silence.size();
    waveOutPrepareHeader(wave, &header, sizeof header);
    waveOutWrite(wave, &header, sizeof header);
  }
  if (!eventually([] { return done_messages == static_cast<int>(headers.size()); })) _exit(2);
  for (const WAVEHDR& header : headers)
    if ((header.dwFlags & (WHDR_DONE | WHDR_INQUEUE)) != WHDR_DONE) _exit(3);
  // An ended thread does not delay the close, which would give up after a second.
  const test::ProcessorWaits waits;
  const auto begin = std::chrono::steady_clock::now();
  if (waveOutClose(wave) != MMSYSERR_NOERROR) _exit(4);
  if (std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(500) + waits.length()) _exit(5);
  std::exit(kStatus);
}

TEST(EndingThreads, Are_replaced_and_every_message_is_sent) {
  EXPECT_EXIT(play_and_exit(""), testing::ExitedWithCode(kStatus), "");
}

TEST(EndingThreads, Cost_a_device_if_they_are_its_own) {
  EXPECT_EXIT(play_and_exit("completion=direct"), testing::ExitedWithCode(kStatus), "");
}

}  // namespace
}  // namespace refwave::test
