// A DLL that plays half a minute of noise from its DllMain, as some old ones do.
#include "driver/abi/windows_headers.h"

namespace {

constexpr DWORD kBytes = 48'000 * 4 * 30;
char noise[kBytes];
WAVEHDR header = {noise, kBytes, 0, 0, 0, 0, nullptr, 0};
HWAVEOUT out = nullptr;

void play() {
  constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  unsigned random = 1;
  for (char& byte : noise) byte = static_cast<char>((random = random * 1'664'525 + 1'013'904'223) >> 24 | 1);
  if (waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, CALLBACK_NULL) != MMSYSERR_NOERROR) return;
  waveOutPrepareHeader(out, &header, sizeof header);
  waveOutWrite(out, &header, sizeof header);
}

}  // namespace

/// Returns: what DllMain has opened; null if it could not.
extern "C" __declspec(dllexport) HWAVEOUT opened_in_dllmain() { return out; }

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID) {
  if (reason == DLL_PROCESS_ATTACH) play();
  return TRUE;
}
