#include "play.h"

#include <time.h>

enum { kPlayed = 12, kReset = 6, kBlocks = kPlayed + kReset, kFrames = 480, kLongFrames = 48000 };

static short samples[kLongFrames];
static WAVEHDR headers[kBlocks];

static int write_block(HWAVEOUT wave, WAVEHDR* header, DWORD frames) {
  header->lpData = (LPSTR)samples;
  header->dwBufferLength = frames * (DWORD)sizeof(short);
  return waveOutPrepareHeader(wave, header, sizeof *header) == MMSYSERR_NOERROR &&
         waveOutWrite(wave, header, sizeof *header) == MMSYSERR_NOERROR;
}

static int is_done(const WAVEHDR* header) {
  const time_t deadline = time(NULL) + 20;
  const struct timespec nap = {0, 1000000};
  while ((*(const volatile DWORD*)&header->dwFlags & WHDR_DONE) == 0 && time(NULL) < deadline)
    nanosleep(&nap, NULL);
  return (header->dwFlags & WHDR_DONE) != 0;
}

int play(LPDRVCALLBACK heard) {
  WAVEFORMATEX format = {WAVE_FORMAT_PCM, 1, 48000, 96000, 2, 16, 0};
  HWAVEOUT wave;
  if (waveOutOpen(&wave, WAVE_MAPPER, &format, (DWORD_PTR)heard, 0, CALLBACK_FUNCTION) != MMSYSERR_NOERROR)
    return 1;
  for (int i = 0; i < kPlayed; ++i)
    if (!write_block(wave, &headers[i], kFrames)) return 2;
  if (!is_done(&headers[kPlayed - 1])) return 3;
  for (int i = kPlayed; i < kBlocks; ++i)
    if (!write_block(wave, &headers[i], kLongFrames)) return 4;
  if (waveOutReset(wave) != MMSYSERR_NOERROR) return 5;
  return waveOutClose(wave) == MMSYSERR_NOERROR ? 0 : 6;
}
