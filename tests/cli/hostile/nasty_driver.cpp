// A wave driver whose names and warnings hold what a terminal would obey: as a sound server's, in which
// anybody may name a device. It plays nothing, and every header is done at once.

#include <algorithm>
#include <cstring>
#include <string_view>

#include "driver/winmm/refwave.h"

namespace {

// Clears the screen, sets the window's title, and does the same as one byte of ISO 6429 does, in UTF-8.
constexpr std::string_view kNasty =
    "a\x1B[2J\x1B]0;b\x07\nc\xC2\x9B"
    "31md";

WAVEOPENDESC client;
DWORD client_flags;

template <std::size_t kSize>
void name(char (&target)[kSize]) {
  std::memcpy(target, kNasty.data(), kNasty.size());
}

LRESULT list(REFWAVE_DEVICE* devices, LPARAM room) {
  if (devices == nullptr || room < 1) return 1;
  devices[0] = {};
  name(devices[0].szName);
  name(devices[0].szBackend);
  return 1;
}

LRESULT tell(REFWAVE_STATISTICS& statistics) {
  const DWORD size = std::min<DWORD>(statistics.cbSize, sizeof(REFWAVE_STATISTICS));
  REFWAVE_STATISTICS all{};
  all.cbSize = size;
  all.dwRate = 48'000;
  all.dwPeriodFrames = 480;
  name(all.szDevice);
  std::memcpy(&statistics, &all, size);
  return MMSYSERR_NOERROR;
}

LRESULT warn(char* text, LPARAM room) {
  if (text != nullptr && room > static_cast<LPARAM>(kNasty.size()))
    std::memcpy(text, kNasty.data(), kNasty.size() + 1);
  return static_cast<LRESULT>(kNasty.size()) + 1;
}

void call(DWORD message, DWORD_PTR header) {
  DriverCallback(client.dwCallback, HIWORD(client_flags & CALLBACK_TYPEMASK),
                 reinterpret_cast<HDRVR>(client.hWave), message, client.dwInstance, header, 0);
}

DWORD open(const WAVEOPENDESC& description, DWORD flags, DWORD_PTR* handle) {
  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;
  client = description;
  client_flags = flags;
  *handle = 1;
  call(WOM_OPEN, 0);
  return MMSYSERR_NOERROR;
}

DWORD write(WAVEHDR& header) {
  header.dwFlags = (header.dwFlags | WHDR_DONE) & ~DWORD{WHDR_INQUEUE};
  call(WOM_DONE, reinterpret_cast<DWORD_PTR>(&header));
  return MMSYSERR_NOERROR;
}

DWORD capabilities(WAVEOUTCAPSW* target, DWORD_PTR size) {
  WAVEOUTCAPSW caps{};
  std::copy_n(u"a\x1B[2J", 5, caps.szPname);
  std::memcpy(target, &caps, std::min<std::size_t>(size, sizeof caps));
  return MMSYSERR_NOERROR;
}

}  // namespace

extern "C" [[gnu::visibility("default")]] LRESULT CALLBACK DriverProc(DWORD_PTR, HDRVR, UINT message,
                                                                      LPARAM first, LPARAM second) {
  if (message == REFWAVE_LIST_DEVICES) return list(reinterpret_cast<REFWAVE_DEVICE*>(first), second);
  if (message == REFWAVE_GET_WARNINGS) return warn(reinterpret_cast<char*>(first), second);
  if (message == REFWAVE_GET_STATISTICS) return tell(*reinterpret_cast<REFWAVE_STATISTICS*>(first));
  return 1;
}

extern "C" [[gnu::visibility("default")]] DWORD APIENTRY wodMessage(UINT, UINT message, DWORD_PTR user,
                                                                    DWORD_PTR first, DWORD_PTR second) {
  switch (message) {
    case WODM_GETNUMDEVS:
      return 1;
    case WODM_GETDEVCAPS:
      return capabilities(reinterpret_cast<WAVEOUTCAPSW*>(first), second);
    case WODM_OPEN:
      return open(*reinterpret_cast<const WAVEOPENDESC*>(first), static_cast<DWORD>(second),
                  reinterpret_cast<DWORD_PTR*>(user));
    case WODM_CLOSE:
      call(WOM_CLOSE, 0);
      return MMSYSERR_NOERROR;
    case WODM_WRITE:
      return write(*reinterpret_cast<WAVEHDR*>(first));
    case WODM_PREPARE:
    case WODM_UNPREPARE:
      return MMSYSERR_NOTSUPPORTED;
    case REFWAVE_GET_STATISTICS:
      return static_cast<DWORD>(tell(*reinterpret_cast<REFWAVE_STATISTICS*>(first)));
    default:
      return MMSYSERR_NOERROR;
  }
}

extern "C" [[gnu::visibility("default")]] DWORD APIENTRY widMessage(UINT, UINT message, DWORD_PTR, DWORD_PTR,
                                                                    DWORD_PTR) {
  return message == WIDM_GETNUMDEVS ? 0 : MMSYSERR_NOTSUPPORTED;
}
