#include "tests/contract/model/direct_driver.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>

namespace refwave::contract {

DirectDriver::DirectDriver(const std::string& settings) {
  setenv("REFWAVE_CONFIG", "", 1);  // the user's own settings are not under test
  send(DRV_LOAD);
  send(DRV_ENABLE);
  const std::u16string wide(settings.begin(), settings.end());  // ASCII
  instance_ = static_cast<DWORD_PTR>(send(DRV_OPEN, reinterpret_cast<LPARAM>(wide.c_str())));
}

DirectDriver::~DirectDriver() {
  send(DRV_CLOSE);
  send(DRV_DISABLE);
  send(DRV_FREE);
}

LRESULT DirectDriver::send(UINT message, LPARAM first, LPARAM second) const {
  return DriverProc(instance_, nullptr, message, first, second);
}

WAVEOPENDESC open_description(const WAVEFORMATEX& format, LPDRVCALLBACK callback, void* instance) {
  WAVEOPENDESC description{};
  description.hWave = reinterpret_cast<HWAVE>(instance);
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(const_cast<WAVEFORMATEX*>(&format));
  description.dwCallback = reinterpret_cast<DWORD_PTR>(callback);
  description.dwInstance = address_of(instance);
  return description;
}

DWORD flags_of(const WAVEHDR& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header) + offsetof(WAVEHDR, dwFlags);
  auto& flags = *reinterpret_cast<DWORD*>(const_cast<std::byte*>(bytes));
  return std::atomic_ref<DWORD>(flags).load();
}

}  // namespace refwave::contract

BOOL APIENTRY DriverCallback(DWORD_PTR dwCallback, DWORD dwFlags, HDRVR hDevice, DWORD dwMsg,
                             DWORD_PTR dwUser, DWORD_PTR dwParam1, DWORD_PTR dwParam2) {
  if (dwCallback == 0 || (dwFlags & DCB_TYPEMASK) != DCB_FUNCTION) return FALSE;
  reinterpret_cast<LPDRVCALLBACK>(dwCallback)(hDevice, dwMsg, dwUser, dwParam1, dwParam2);
  return TRUE;
}

LRESULT WINAPI DefDriverProc(DWORD_PTR, HDRVR, UINT, LPARAM, LPARAM) { return 0; }
