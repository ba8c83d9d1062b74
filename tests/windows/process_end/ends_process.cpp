// ends_process NUMBER: uses refwave.drv and ends; the number chooses the moment and the way. Like a small
// winmm it loads the driver after a DLL of its own, and closes it when that DLL is detached. By then
// ExitProcess has killed all other threads, and the driver has been detached. The exit status is a Verdict.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>

#include "tests/windows/process_end/verdict.h"
#include "tests/winmm/closes_at_end.h"
#include "tests/winmm/raw_stream.h"

namespace refwave::test {
namespace {

DRIVERPROC driver_proc = nullptr;
WaveMessage wave_out = nullptr;
WaveMessage wave_in = nullptr;
DWORD_PTR recording = 0;
DWORD_PTR playing = 0;
std::atomic<bool> is_ending{false};
std::atomic<bool> told_late{false};

void CALLBACK client(HDRVR, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  if (is_ending) told_late = true;
}

/// `headers`: live as long as the process, because a driver that was disabled meanwhile may keep the stream.
void play_once(Headers& headers) {
  const DWORD_PTR stream = open_stream(wave_out, WODM_OPEN, client);
  if (stream == 0) return;
  headers.write(wave_out, stream);
  wave_out(0, WODM_RESET, stream, 0, 0);
  wave_out(0, WODM_CLOSE, stream, 0, 0);
}

DWORD WINAPI play_again_and_again(void*) {
  auto& headers = *new Headers;
  for (;;) play_once(headers);
}

DWORD WINAPI enable_again_and_again(void*) {
  for (;;) {
    driver_proc(0, nullptr, DRV_DISABLE, 0, 0);
    driver_proc(0, nullptr, DRV_ENABLE, 0, 0);
  }
}

[[noreturn]] void end_with(Verdict verdict) {
  TerminateProcess(GetCurrentProcess(), verdict);
  std::abort();
}

/// Everything that a host may call then.
void close_the_driver() {
  is_ending = true;
  const ULONGLONG begun_ms = GetTickCount64();
  for (const UINT message : {UINT{WODM_PAUSE}, UINT{WODM_RESTART}, UINT{WODM_RESET}, UINT{WODM_CLOSE}})
    wave_out(0, message, playing, 0, 0);
  for (const UINT message : {UINT{WIDM_START}, UINT{WIDM_STOP}, UINT{WIDM_RESET}, UINT{WIDM_CLOSE}})
    wave_in(0, message, recording, 0, 0);
  open_stream(wave_out, WODM_OPEN, client);
  wave_out(0, DRVM_EXIT, 0, 0, 0);
  wave_in(0, DRVM_EXIT, 0, 0, 0);
  for (const UINT message : {DRV_CLOSE, DRV_DISABLE, DRV_FREE})
    if (driver_proc(0, nullptr, message, 0, 0) != 1) end_with(kRefused);
  if (driver_proc(0, nullptr, DRV_ENABLE, 0, 0) != 0) end_with(kEnabled);
  if (told_late) end_with(kTold);
  end_with(GetTickCount64() - begun_ms < kLateMs ? kInOrder : kLate);
}

bool load_driver() {
  std::string path = REFWAVE_DRIVER;
  std::replace(path.begin(), path.end(), '/', '\\');
  const HMODULE module = LoadLibraryA(("Z:" + path).c_str());
  if (module == nullptr) return false;
  driver_proc = entry<DRIVERPROC>(module, "DriverProc");
  wave_out = entry<WaveMessage>(module, "wodMessage");
  wave_in = entry<WaveMessage>(module, "widMessage");
  return driver_proc(0, nullptr, DRV_LOAD, 0, 0) == 1 && driver_proc(0, nullptr, DRV_ENABLE, 0, 0) == 1 &&
         driver_proc(0, nullptr, DRV_OPEN, 0, 0) != 0;
}

void in_background(LPTHREAD_START_ROUTINE body) {
  CloseHandle(CreateThread(nullptr, 0, body, nullptr, 0, nullptr));
}

void wait_us(unsigned us) {
  LARGE_INTEGER frequency, begun, now;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&begun);
  do {
    SwitchToThread();
    QueryPerformanceCounter(&now);
  } while ((now.QuadPart - begun.QuadPart) * 1'000'000 < us * frequency.QuadPart);
}

}  // namespace
}  // namespace refwave::test

int main(int argc, char** argv) {
  using namespace refwave::test;
  const unsigned number = argc == 2 ? static_cast<unsigned>(std::atoi(argv[1])) : 0;
  if (!load_driver()) return kNoDriver;
  close_at_end(close_the_driver);
  static Headers lasting, once;
  recording = open_stream(wave_in, WIDM_OPEN, client);
  playing = open_stream(wave_out, WODM_OPEN, client);
  lasting.write(wave_out, playing);
  // The threads that are killed besides the driver's own: none; two that play; one of them, and one that
  // restarts the driver.
  const unsigned way = number % 3;
  play_once(once);
  if (way > 0) in_background(play_again_and_again);
  if (way == 1) in_background(play_again_and_again);
  if (way == 2) in_background(enable_again_and_again);
  constexpr unsigned kPrime = 7'919, kLongestUs = 30'000;
  wait_us(number * kPrime % kLongestUs);
  ExitProcess(kNotClosed);
}
