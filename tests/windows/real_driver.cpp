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
  wave_out_ = reinterpret_cast<WaveMessage>(reinterpret_cast<void*>(GetProcAddress(module, "wodMessage")));
}

LRESULT RealDriver::close() {
  const LRESULT result = handle_ == nullptr ? 1 : CloseDriver(handle_, 0, 0);
  handle_ = nullptr;
  return result;
}

Output::Output(const RealDriver& driver) : driver_(driver) {
  WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  WAVEOPENDESC description{};
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  result_ = driver_.wave_out(WODM_OPEN, address(&stream_), address(&description), CALLBACK_NULL);
  header_.lpData = data_.data();
  header_.dwBufferLength = static_cast<DWORD>(data_.size());
  if (result_ == MMSYSERR_NOERROR)
    driver_.wave_out(WODM_PREPARE, stream_, address(&header_), sizeof(header_));
}

DWORD Output::play() { return driver_.wave_out(WODM_WRITE, stream_, address(&header_), sizeof(header_)); }

bool Output::wait() const {
  const volatile DWORD& flags = header_.dwFlags;
  return eventually([&] { return (flags & WHDR_DONE) != 0; });
}

DWORD Output::close() {
  if (stream_ == 0) return MMSYSERR_NOERROR;
  driver_.wave_out(WODM_UNPREPARE, stream_, address(&header_), sizeof(header_));
  const DWORD result = driver_.wave_out(WODM_CLOSE, stream_);
  if (result == MMSYSERR_NOERROR) stream_ = 0;
  return result;
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
