#include "tests/contract/harness.h"

#include <gtest/gtest.h>
#include <winmm_host.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <vector>

namespace refwave::contract {
namespace {

std::size_t entries_in(const char* folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

void* entry_of(HDRVR driver, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(GetDriverModuleHandle(driver), name));
}

}  // namespace

std::string driver_path() { return CONTRACT_DRIVER; }

std::string stepped(const std::string& more) {
  return "device=clocked; clock=0; rate=48000; period=" + std::to_string(kPeriodFrames) + "; " + more;
}

LoadedDriver::LoadedDriver(const std::string& settings) {
  setenv("REFWAVE_CONFIG", "", 1);  // the user's own settings are not under test
  winmm_host_register_driver("wave", ('"' + driver_path() + "\" " + settings).c_str());
  handle_ = OpenDriver(u"wave", u"drivers32", 0);
  EXPECT_NE(handle_, nullptr) << winmm_host_last_error();
}

LoadedDriver::~LoadedDriver() {
  winmm_host_unload_wave_drivers();
  if (handle_ != nullptr) CloseDriver(handle_, 0, 0);
  winmm_host_register_driver("wave", nullptr);
}

LRESULT LoadedDriver::send(UINT message, LPARAM first, LPARAM second) const {
  return SendDriverMessage(handle_, message, first, second);
}

DRIVERPROC LoadedDriver::driver_proc() const {
  return reinterpret_cast<DRIVERPROC>(entry_of(handle_, "DriverProc"));
}

WaveEntry LoadedDriver::wod() const { return reinterpret_cast<WaveEntry>(entry_of(handle_, "wodMessage")); }

WaveEntry LoadedDriver::wid() const { return reinterpret_cast<WaveEntry>(entry_of(handle_, "widMessage")); }

void LoadedDriver::step(std::uint32_t periods) const {
  EXPECT_EQ(send(REFWAVE_STEP, periods), MMSYSERR_NOERROR);
}

void LoadedDriver::settle() const {
  const std::chrono::milliseconds patience = kPatience;
  EXPECT_EQ(send(REFWAVE_SETTLE, patience.count()), MMSYSERR_NOERROR) << "a client was not told in time";
}

REFWAVE_STATISTICS LoadedDriver::statistics() const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  EXPECT_EQ(send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics)), MMSYSERR_NOERROR);
  return statistics;
}

std::string LoadedDriver::warnings() const {
  std::vector<char> text(static_cast<std::size_t>(send(REFWAVE_GET_WARNINGS)));
  send(REFWAVE_GET_WARNINGS, reinterpret_cast<LPARAM>(text.data()), static_cast<LPARAM>(text.size()));
  return text.data();
}

std::size_t threads_alive() { return entries_in("/proc/self/task"); }

std::size_t files_open() { return entries_in("/proc/self/fd"); }

}  // namespace refwave::contract
