// close_and_leave FRAMES END [SERVER]: plays as many frames of 16-bit stereo at 48 kHz, numbered from 1, in
// two blocks, and ends at the last WOM_DONE: by a close and _Exit, by reset and close, by a reset, or by
// returning from main. The process SERVER stands still for the next tenth of a second.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "driver/abi/windows_headers.h"

namespace {

void stop_for_a_moment(pid_t server) {
  kill(server, SIGSTOP);
  if (fork() != 0) return;
  close_range(3, ~0U, 0);  // of the connection to the server
  usleep(100'000);
  kill(server, SIGCONT);
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  const auto frames = static_cast<std::size_t>(std::atoi(argv[1]));
  const std::string_view end = argv[2];
  // The driver still has them when main returns.
  static std::vector<short> samples(2 * frames);
  static WAVEHDR headers[2]{};
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<short>(i / 2 + 1);

  WAVEFORMATEX format = {WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  const HANDLE done = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  HWAVEOUT wave = nullptr;
  if (waveOutOpen(&wave, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(done), 0, CALLBACK_EVENT) !=
      MMSYSERR_NOERROR) {
    return 1;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    headers[i].lpData = reinterpret_cast<char*>(samples.data() + i * frames);
    headers[i].dwBufferLength = static_cast<DWORD>(frames * sizeof(short));
    waveOutPrepareHeader(wave, &headers[i], sizeof(WAVEHDR));
    waveOutWrite(wave, &headers[i], sizeof(WAVEHDR));
  }
  while ((headers[1].dwFlags & WHDR_DONE) == 0) WaitForSingleObject(done, INFINITE);
  if (argc > 3) stop_for_a_moment(std::atoi(argv[3]));
  if (end.starts_with("reset")) waveOutReset(wave);
  if (end.ends_with("close")) waveOutClose(wave);
  if (end == "close") std::_Exit(0);
  return 0;
}
