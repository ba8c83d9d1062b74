// Plays a tone of one second on the first wave device that takes it: the smallest complete client in C++. On
// Linux it is built with libwinmm, and on Windows with Windows' own headers and winmm.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
#if __has_include(<winmm_host.h>)
#include <winmm_host.h>
#endif

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

constexpr DWORD kRate = 48'000;  // frames a second
constexpr double kHertz = 440;

/// Returns: one second of a sine. It is faded in and out over 10 ms, because a sudden end would click.
std::vector<std::int16_t> tone() {
  std::vector<std::int16_t> samples(kRate);
  constexpr double kFade = kRate / 100.0;
  for (DWORD i = 0; i < kRate; ++i) {
    const double fade = std::fmin(1.0, std::fmin(i, kRate - 1 - i) / kFade);
    samples[i] =
        static_cast<std::int16_t>(8'000 * fade * std::sin(2 * 3.14159265358979 * kHertz * i / kRate));
  }
  return samples;
}

/// Effects: prints why `what` failed, in the system's words. Returns: the exit status.
int failed(const char* what, MMRESULT error) {
  char text[MAXERRORLENGTH] = "";
  waveOutGetErrorTextA(error, text, MAXERRORLENGTH);
  std::fprintf(stderr, "beep: %s: %s\n", what, text);
  return 1;
}

/// Effects: prints why there is no wave device, which only libwinmm reports. Returns: the exit status.
int no_device() {
  const char* reason = "is a wave driver registered?";
#if __has_include(<winmm_host.h>)
  reason = winmm_host_last_error();
#endif
  std::fprintf(stderr, "beep: there is no wave device: %s\n", reason);
  return 1;
}

}  // namespace

int main() {
  if (waveOutGetNumDevs() == 0) return no_device();
  const WAVEFORMATEX format = {WAVE_FORMAT_PCM, 1, kRate, 2 * kRate, 2, 16, 0};
  const HANDLE done = CreateEvent(nullptr, FALSE, FALSE, nullptr);  // automatic reset
  HWAVEOUT out = nullptr;
  if (const MMRESULT error =
          waveOutOpen(&out, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(done), 0, CALLBACK_EVENT))
    return failed("opening the device", error);

  std::vector<std::int16_t> samples = tone();
  WAVEHDR header = {};
  header.lpData = reinterpret_cast<LPSTR>(samples.data());
  header.dwBufferLength = 2 * kRate;
  MMRESULT error = waveOutPrepareHeader(out, &header, sizeof header);
  if (error == MMSYSERR_NOERROR) error = waveOutWrite(out, &header, sizeof header);
  if (error == MMSYSERR_NOERROR) {
    // WOM_OPEN sets the event, too. The driver sets the flag before the event.
    while ((static_cast<volatile WAVEHDR&>(header).dwFlags & WHDR_DONE) == 0)
      WaitForSingleObject(done, INFINITE);
  }
  waveOutUnprepareHeader(out, &header, sizeof header);
  waveOutClose(out);
  CloseHandle(done);
  if (error != MMSYSERR_NOERROR) return failed("playing", error);
  std::puts("played 440 Hz for a second");
  return 0;
}
