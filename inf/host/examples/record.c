/* Records one second from the first wave device that takes the format, and prints the loudest sample: the
 * smallest complete client that records, in C. On Linux it is built with libwinmm, and on Windows with
 * Windows' own headers and winmm. */
#include <windows.h>
/* mmsystem.h wants windows.h first. */
#include <mmsystem.h>
#if __has_include(<winmm_host.h>)
#include <winmm_host.h>
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 48000
#define BUFFERS 4
#define FRAMES (RATE / BUFFERS) /* of each buffer */

/* Prints why `what` failed, in the system's words. Returns: the exit status. */
static int failed(const char* what, MMRESULT error) {
  char text[MAXERRORLENGTH] = "";
  waveInGetErrorTextA(error, text, MAXERRORLENGTH);
  fprintf(stderr, "record: %s: %s\n", what, text);
  return 1;
}

/* Prints why there is no wave device, which only libwinmm reports. Returns: the exit status. */
static int no_device(void) {
  const char* reason = "is a wave driver registered?";
#if __has_include(<winmm_host.h>)
  reason = winmm_host_last_error();
  if (*reason == '\0') reason = "the driver does not record";
#endif
  fprintf(stderr, "record: there is no wave device: %s\n", reason);
  return 1;
}

/* Waits until the driver has filled the buffer. The driver sets the flag before the event. */
static void wait_for(const volatile WAVEHDR* header, HANDLE filled) {
  while ((header->dwFlags & WHDR_DONE) == 0) WaitForSingleObject(filled, INFINITE);
}

int main(void) {
  static int16_t samples[BUFFERS][FRAMES];
  WAVEHDR headers[BUFFERS] = {{0}};
  const WAVEFORMATEX format = {WAVE_FORMAT_PCM, 1, RATE, 2 * RATE, 2, 16, 0};
  const HANDLE filled = CreateEvent(NULL, FALSE, FALSE, NULL); /* automatic reset */
  HWAVEIN in = NULL;
  MMRESULT error;
  unsigned frames = 0;
  int loudest = 0;

  if (waveInGetNumDevs() == 0) return no_device();
  error = waveInOpen(&in, WAVE_MAPPER, &format, (DWORD_PTR)filled, 0, CALLBACK_EVENT);
  if (error != MMSYSERR_NOERROR) return failed("opening the device", error);

  for (int i = 0; i < BUFFERS && error == MMSYSERR_NOERROR; ++i) {
    headers[i].lpData = (LPSTR)samples[i];
    headers[i].dwBufferLength = sizeof samples[i];
    error = waveInPrepareHeader(in, &headers[i], sizeof headers[i]);
    if (error == MMSYSERR_NOERROR) error = waveInAddBuffer(in, &headers[i], sizeof headers[i]);
  }
  if (error == MMSYSERR_NOERROR) error = waveInStart(in);
  for (int i = 0; i < BUFFERS && error == MMSYSERR_NOERROR; ++i) {
    wait_for(&headers[i], filled);
    for (unsigned k = 0; k < headers[i].dwBytesRecorded / 2; ++k, ++frames)
      if (abs(samples[i][k]) > loudest) loudest = abs(samples[i][k]);
  }
  waveInReset(in);
  for (int i = 0; i < BUFFERS; ++i) waveInUnprepareHeader(in, &headers[i], sizeof headers[i]);
  waveInClose(in);
  CloseHandle(filled);
  if (error != MMSYSERR_NOERROR) return failed("recording", error);
  printf("recorded %u frames, the loudest sample is %d of 32767\n", frames, loudest);
  return 0;
}
