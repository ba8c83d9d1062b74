// close_and_leave FRAMES: plays so many frames of 16-bit stereo at 48 kHz, both sides counting up from 1,
// waits for WOM_DONE, closes, and ends that moment.
#include <cstdlib>
#include <vector>

#include "driver/abi/windows_headers.h"

int main(int argc, char** argv) {
  const auto frames = static_cast<std::size_t>(argc == 2 ? std::atoi(argv[1]) : 0);
  std::vector<short> samples(2 * frames);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<short>(i / 2 + 1);

  WAVEFORMATEX format = {WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  const HANDLE done = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  HWAVEOUT wave = nullptr;
  if (waveOutOpen(&wave, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(done), 0, CALLBACK_EVENT) !=
      MMSYSERR_NOERROR) {
    return 1;
  }
  WAVEHDR header{};
  header.lpData = reinterpret_cast<char*>(samples.data());
  header.dwBufferLength = static_cast<DWORD>(samples.size() * sizeof(short));
  waveOutPrepareHeader(wave, &header, sizeof header);
  waveOutWrite(wave, &header, sizeof header);
  while ((header.dwFlags & WHDR_DONE) == 0) WaitForSingleObject(done, INFINITE);
  waveOutUnprepareHeader(wave, &header, sizeof header);
  waveOutClose(wave);
  std::_Exit(0);
}
