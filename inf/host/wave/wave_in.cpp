// waveIn*, each after its page of the Windows documentation.
#include "driver/abi/windows_headers.h"
#include "inf/host/wave/capabilities_text.h"
#include "inf/host/wave/wave_streams.h"

using namespace refwave::host;

namespace {

constexpr Direction kIn = Direction::input;

HWAVE wave(HWAVEIN handle) { return reinterpret_cast<HWAVE>(handle); }

}  // namespace

UINT WINAPI waveInGetNumDevs() { return device_count(kIn); }

MMRESULT WINAPI waveInGetDevCapsW(UINT_PTR uDeviceID, LPWAVEINCAPSW pwic, UINT cbwic) {
  return device_capabilities(kIn, uDeviceID, pwic, cbwic);
}

MMRESULT WINAPI waveInGetDevCapsA(UINT_PTR uDeviceID, LPWAVEINCAPSA pwic, UINT cbwic) {
  return narrow_capabilities<WAVEINCAPSW>(kIn, uDeviceID, pwic, cbwic, [](const auto&, auto&) {});
}

MMRESULT WINAPI waveInOpen(LPHWAVEIN phwi, UINT uDeviceID, LPCWAVEFORMATEX pwfx, DWORD_PTR dwCallback,
                           DWORD_PTR dwInstance, DWORD fdwOpen) {
  return open_stream(kIn, reinterpret_cast<HWAVE*>(phwi), {uDeviceID, pwfx, dwCallback, dwInstance, fdwOpen});
}

MMRESULT WINAPI waveInClose(HWAVEIN hwi) { return close_stream(kIn, wave(hwi)); }

MMRESULT WINAPI waveInPrepareHeader(HWAVEIN hwi, LPWAVEHDR pwh, UINT cbwh) {
  return prepare_header(kIn, wave(hwi), pwh, cbwh);
}

MMRESULT WINAPI waveInUnprepareHeader(HWAVEIN hwi, LPWAVEHDR pwh, UINT cbwh) {
  return unprepare_header(kIn, wave(hwi), pwh, cbwh);
}

MMRESULT WINAPI waveInAddBuffer(HWAVEIN hwi, LPWAVEHDR pwh, UINT cbwh) {
  return queue_header(kIn, wave(hwi), pwh, cbwh);
}

MMRESULT WINAPI waveInStart(HWAVEIN hwi) { return send_to_stream(kIn, wave(hwi), WIDM_START); }

MMRESULT WINAPI waveInStop(HWAVEIN hwi) { return send_to_stream(kIn, wave(hwi), WIDM_STOP); }

MMRESULT WINAPI waveInReset(HWAVEIN hwi) { return send_to_stream(kIn, wave(hwi), WIDM_RESET); }

MMRESULT WINAPI waveInGetPosition(HWAVEIN hwi, LPMMTIME pmmt, UINT cbmmt) {
  return send_to_stream(kIn, wave(hwi), WIDM_GETPOS, reinterpret_cast<DWORD_PTR>(pmmt), cbmmt);
}

MMRESULT WINAPI waveInGetID(HWAVEIN hwi, LPUINT puDeviceID) { return stream_id(kIn, wave(hwi), puDeviceID); }

MMRESULT WINAPI waveInMessage(HWAVEIN hwi, UINT uMsg, DWORD_PTR dw1, DWORD_PTR dw2) {
  return send_any_message(kIn, wave(hwi), uMsg, dw1, dw2);
}
