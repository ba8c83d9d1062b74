#include "tests/windows/real_driver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

/// Returns: a path of the building machine, whose root is drive Z in Wine.
std::wstring driver_path() {
  const std::string path = REFWAVE_DRIVER;
  std::wstring wide(path.begin(), path.end());
  std::replace(wide.begin(), wide.end(), L'/', L'\\');
  return L"Z:" + wide;
}

}  // namespace

Configured::Configured(std::string_view toml) {
  std::ofstream(file(), std::ios::binary) << toml;
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", file().c_str());
}

RealDriver::RealDriver() : handle_(OpenDriver(driver_path().c_str(), nullptr, 0)) {
  EXPECT_NE(handle_, nullptr);
  if (handle_ == nullptr) return;
  const HMODULE module = GetDriverModuleHandle(handle_);
  wave_out_ = entry<WaveMessage>(module, "wodMessage");
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

}  // namespace refwave::test
