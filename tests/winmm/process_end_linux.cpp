// A process that ends with a stream open, under a winmm that closes its drivers then.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "tests/winmm/closes_at_end.h"
#include "tests/winmm/raw_stream.h"

namespace refwave::test {
namespace {

enum Verdict { kAsExpected = 0, kNoDriver = 3, kWrongMessage = 4, kNotFlagged = 5 };

DRIVERPROC driver_proc = nullptr;
WaveMessage wave_out = nullptr;
DWORD_PTR stream = 0;
std::atomic<int> notified{0};
Headers headers;

void CALLBACK client(HDRVR, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR) { ++notified; }

void close_the_driver() {
  const int before = notified;
  driver_proc(0, nullptr, DRV_DISABLE, 0, 0);
  if (notified != before) _exit(kWrongMessage);
  for (const WAVEHDR& header : headers.all)
    if ((header.dwFlags & (WHDR_DONE | WHDR_INQUEUE)) != WHDR_DONE) _exit(kNotFlagged);
  _exit(kAsExpected);
}

/// Effects: loads the driver and opens a stream whose headers stay queued.
bool queue_headers() {
  setenv("REFWAVE_CONFIG", "", 1);
  const std::u16string path = u"" REFWAVE_DRIVER;
  const HDRVR handle = OpenDriver(reinterpret_cast<LPCWSTR>(path.c_str()), nullptr, 0);
  const HMODULE module = GetDriverModuleHandle(handle);
  if (module == nullptr) return false;
  driver_proc = entry<DRIVERPROC>(module, "DriverProc");
  wave_out = entry<WaveMessage>(module, "wodMessage");
  driver_proc(0, handle, DRV_OPEN, reinterpret_cast<LPARAM>(u"device=clocked; clock=0"), 0);
  stream = open_stream(wave_out, WODM_OPEN, client);
  if (stream == 0) return false;
  headers.write(wave_out, stream);
  return notified == 1;
}

TEST(ProcessEnd, A_process_that_ends_calls_no_client) {
  EXPECT_EXIT(
      {
        if (!queue_headers()) _exit(kNoDriver);
        close_at_end(close_the_driver);
        std::exit(1);
      },
      testing::ExitedWithCode(kAsExpected), "");
}

/// Registered before the driver, so it runs after the driver's own function for the exit.
void close_the_stream() {
  wave_out(0, WODM_RESET, stream, 0, 0);
  wave_out(0, WODM_CLOSE, stream, 0, 0);
  _exit(notified == 1 + static_cast<int>(headers.all.size()) + 1 ? kAsExpected : kWrongMessage);
}

TEST(ProcessEnd, A_client_that_closes_at_its_exit_is_notified) {
  EXPECT_EXIT(
      {
        std::atexit(close_the_stream);
        if (!queue_headers()) _exit(kNoDriver);
        std::exit(1);
      },
      testing::ExitedWithCode(kAsExpected), "");
}

}  // namespace
}  // namespace refwave::test
