#include "tests/windows/real_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/support/eventually.h"
#include "tests/windows/kernel.h"

namespace refwave::test {

Configured::Configured(std::string_view toml) {
  std::ofstream(file(), std::ios::binary) << toml;
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", file().c_str());
}

// A path of the building machine, whose root is drive Z in Wine.
std::wstring RealDriver::driver_path() {
  const std::string path = REFWAVE_DRIVER;
  std::wstring wide(path.begin(), path.end());
  std::replace(wide.begin(), wide.end(), L'/', L'\\');
  return L"Z:" + wide;
}

RealDriver::RealDriver(const std::wstring& path) : handle_(OpenDriver(path.c_str(), nullptr, 0)) {
  EXPECT_NE(handle_, nullptr);
  if (handle_ == nullptr) return;
  const HMODULE module = GetDriverModuleHandle(handle_);
  wave_out_ = entry<WaveMessage>(module, "wodMessage");
}

LRESULT RealDriver::close() {
  const LRESULT result = handle_ == nullptr ? 1 : CloseDriver(handle_, 0, 0);
  handle_ = nullptr;
  return result;
}

void expect_playing(const RealDriver& driver) {
  Headers headers;
  const DWORD_PTR stream = open_stream(driver.wave_out(), WODM_OPEN);
  ASSERT_NE(stream, 0U);
  headers.write(driver.wave_out(), stream);
  const volatile DWORD& flags = headers.all.back().dwFlags;
  EXPECT_TRUE(eventually([&] { return (flags & WHDR_DONE) != 0; }));
  EXPECT_EQ(driver.wave_out()(0, WODM_CLOSE, stream, 0, 0), static_cast<DWORD>(MMSYSERR_NOERROR));
}

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for_each_thread([&](DWORD) { ++count; });
  return count;
}

// Each is looked up: Wine's GetProcessHandleCount returns 0.
std::size_t handles_of_this_process() {
  constexpr DWORD_PTR kHighest = 4 * 8'192;
  std::size_t count = 0;
  for (DWORD_PTR handle = 4; handle <= kHighest; handle += 4) {
    DWORD flags = 0;
    if (GetHandleInformation(reinterpret_cast<HANDLE>(handle), &flags) != FALSE) ++count;
  }
  return count;
}

}  // namespace refwave::test
