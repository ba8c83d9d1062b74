// A client in C, as runtimes of other languages call the wave functions from C. It asserts of each message
// that its stack is the thread's own, as Go, Java, Ruby and Mono do.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

enum { kPlayed = 12, kReset = 6, kBlocks = kPlayed + kReset, kFrames = 480, kLongFrames = 48000 };

static short samples[kLongFrames];
static WAVEHDR headers[kBlocks];
static atomic_int messages, strays;

static void CALLBACK look(HDRVR wave, UINT message, DWORD_PTR user, DWORD_PTR one, DWORD_PTR two) {
  (void)wave, (void)user, (void)one, (void)two;
  pthread_attr_t attributes;
  void* low = NULL;
  size_t bytes = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &bytes);
  pthread_attr_destroy(&attributes);
  const char* const here = __builtin_frame_address(0);
  if (here < (char*)low || here >= (char*)low + bytes) {
    fprintf(stderr, "message %#x came outside its thread's stack\n", message);
    ++strays;
  }
  ++messages;
}

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

int main(void) {
  WAVEFORMATEX format = {WAVE_FORMAT_PCM, 1, 48000, 96000, 2, 16, 0};
  HWAVEOUT wave;
  if (waveOutOpen(&wave, WAVE_MAPPER, &format, (DWORD_PTR)look, 0, CALLBACK_FUNCTION) != MMSYSERR_NOERROR)
    return 1;
  for (int i = 0; i < kPlayed; ++i)
    if (!write_block(wave, &headers[i], kFrames)) return 2;
  if (!is_done(&headers[kPlayed - 1])) return 3;
  for (int i = kPlayed; i < kBlocks; ++i)
    if (!write_block(wave, &headers[i], kLongFrames)) return 4;
  if (waveOutReset(wave) != MMSYSERR_NOERROR) return 5;
  if (waveOutClose(wave) != MMSYSERR_NOERROR) return 6;
  printf("%d messages\n", (int)messages);
  return strays != 0 || messages != kBlocks + 2;
}
