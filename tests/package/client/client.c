/* Opens a wave device and prints the sound device that refwave plays to: a client in C that knows refwave. */
#define UNICODE
#include <windows.h>
/* mmsystem.h wants windows.h first. */
#include <mmsystem.h>
#include <refwave.h>
#include <stdio.h>

int main(void) {
  const WAVEFORMATEX format = {WAVE_FORMAT_PCM, 2, 48000, 192000, 4, 16, 0};
  REFWAVE_STATISTICS statistics = {0};
  WAVEOUTCAPS capabilities; /* of UTF-16, because of UNICODE */
  HWAVEOUT out = NULL;
  const DWORD begin = timeGetTime();
  Sleep(20);
  if (timeGetTime() - begin < 20) return 2;
  if (waveOutGetDevCaps(0, &capabilities, sizeof capabilities) != MMSYSERR_NOERROR) return 3;
  if (capabilities.szPname[0] != u'c') return 4;
  if (waveOutOpen(&out, 0, &format, 0, 0, CALLBACK_NULL) != MMSYSERR_NOERROR) return 5;
  statistics.cbSize = sizeof statistics;
  if (waveOutMessage(out, REFWAVE_GET_STATISTICS, (DWORD_PTR)&statistics, 0) != MMSYSERR_NOERROR) return 6;
  printf("%s, %u frames a second\n", statistics.szDevice, statistics.dwRate);
  return waveOutClose(out) == MMSYSERR_NOERROR ? 0 : 7;
}
