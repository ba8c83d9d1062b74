// waveOut*, each after its page of the Windows documentation.
#include "driver/abi/windows_headers.h"
#include "inf/host/wave/capabilities_text.h"
#include "inf/host/wave/wave_streams.h"

using namespace refwave::host;

namespace {

constexpr Direction kOut = Direction::output;

HWAVE wave(HWAVEOUT handle) { return reinterpret_cast<HWAVE>(handle); }

MMRESULT get_value(HWAVEOUT handle, UINT message, LPDWORD value) {
  if (value == nullptr) return MMSYSERR_INVALPARAM;
  return send_to_stream_or_device(kOut, wave(handle), message, reinterpret_cast<DWORD_PTR>(value), 0);
}

}  // namespace

UINT WINAPI waveOutGetNumDevs() { return device_count(kOut); }

MMRESULT WINAPI waveOutGetDevCapsW(UINT_PTR uDeviceID, LPWAVEOUTCAPSW pwoc, UINT cbwoc) {
  return device_capabilities(kOut, uDeviceID, pwoc, cbwoc);
}

MMRESULT WINAPI waveOutGetDevCapsA(UINT_PTR uDeviceID, LPWAVEOUTCAPSA pwoc, UINT cbwoc) {
  return narrow_capabilities<WAVEOUTCAPSW>(kOut, uDeviceID, pwoc, cbwoc, [](const auto& wide, auto& narrow) {
    narrow.dwSupport = wide.dwSupport;
  });
}

MMRESULT WINAPI waveOutGetVolume(HWAVEOUT hwo, LPDWORD pdwVolume) {
  return get_value(hwo, WODM_GETVOLUME, pdwVolume);
}

MMRESULT WINAPI waveOutSetVolume(HWAVEOUT hwo, DWORD dwVolume) {
  return send_to_stream_or_device(kOut, wave(hwo), WODM_SETVOLUME, dwVolume, 0);
}

MMRESULT WINAPI waveOutOpen(LPHWAVEOUT phwo, UINT uDeviceID, LPCWAVEFORMATEX pwfx, DWORD_PTR dwCallback,
                            DWORD_PTR dwInstance, DWORD fdwOpen) {
  return open_stream(kOut, reinterpret_cast<HWAVE*>(phwo),
                     {uDeviceID, pwfx, dwCallback, dwInstance, fdwOpen});
}

MMRESULT WINAPI waveOutClose(HWAVEOUT hwo) { return close_stream(kOut, wave(hwo)); }

MMRESULT WINAPI waveOutPrepareHeader(HWAVEOUT hwo, LPWAVEHDR pwh, UINT cbwh) {
  return prepare_header(kOut, wave(hwo), pwh, cbwh);
}

MMRESULT WINAPI waveOutUnprepareHeader(HWAVEOUT hwo, LPWAVEHDR pwh, UINT cbwh) {
  return unprepare_header(kOut, wave(hwo), pwh, cbwh);
}

MMRESULT WINAPI waveOutWrite(HWAVEOUT hwo, LPWAVEHDR pwh, UINT cbwh) {
  return queue_header(kOut, wave(hwo), pwh, cbwh);
}

MMRESULT WINAPI waveOutPause(HWAVEOUT hwo) { return send_to_stream(kOut, wave(hwo), WODM_PAUSE); }

MMRESULT WINAPI waveOutRestart(HWAVEOUT hwo) { return send_to_stream(kOut, wave(hwo), WODM_RESTART); }

MMRESULT WINAPI waveOutReset(HWAVEOUT hwo) { return send_to_stream(kOut, wave(hwo), WODM_RESET); }

MMRESULT WINAPI waveOutBreakLoop(HWAVEOUT hwo) { return send_to_stream(kOut, wave(hwo), WODM_BREAKLOOP); }

MMRESULT WINAPI waveOutGetPosition(HWAVEOUT hwo, LPMMTIME pmmt, UINT cbmmt) {
  return send_to_stream(kOut, wave(hwo), WODM_GETPOS, reinterpret_cast<DWORD_PTR>(pmmt), cbmmt);
}

MMRESULT WINAPI waveOutGetPitch(HWAVEOUT hwo, LPDWORD pdwPitch) {
  return get_value(hwo, WODM_GETPITCH, pdwPitch);
}

MMRESULT WINAPI waveOutSetPitch(HWAVEOUT hwo, DWORD dwPitch) {
  return send_to_stream(kOut, wave(hwo), WODM_SETPITCH, dwPitch);
}

MMRESULT WINAPI waveOutGetPlaybackRate(HWAVEOUT hwo, LPDWORD pdwRate) {
  return get_value(hwo, WODM_GETPLAYBACKRATE, pdwRate);
}

MMRESULT WINAPI waveOutSetPlaybackRate(HWAVEOUT hwo, DWORD dwRate) {
  return send_to_stream(kOut, wave(hwo), WODM_SETPLAYBACKRATE, dwRate);
}

MMRESULT WINAPI waveOutGetID(HWAVEOUT hwo, LPUINT puDeviceID) {
  return stream_id(kOut, wave(hwo), puDeviceID);
}

MMRESULT WINAPI waveOutMessage(HWAVEOUT hwo, UINT uMsg, DWORD_PTR dw1, DWORD_PTR dw2) {
  return send_any_message(kOut, wave(hwo), uMsg, dw1, dw2);
}
