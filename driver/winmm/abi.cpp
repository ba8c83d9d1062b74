// Assertions about the ABI: signatures, structures' layout, and the names of driver/core.
#include <cstddef>
#include <type_traits>

#include "driver/abi/windows_headers.h"
#include "driver/core/ring/client_header.h"

extern "C" {
LRESULT CALLBACK DriverProc(DWORD_PTR, HDRVR, UINT, LPARAM, LPARAM);
DWORD APIENTRY wodMessage(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);
DWORD APIENTRY widMessage(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);
}

namespace refwave::winmm {
namespace {

using core::ClientHeader;

constexpr bool k64Bit = sizeof(void*) == 8;

static_assert(std::is_same_v<decltype(&DriverProc), DRIVERPROC>);
static_assert(std::is_same_v<decltype(&wodMessage), decltype(&widMessage)>);

static_assert(sizeof(DWORD) == 4 && sizeof(LONG) == 4 && sizeof(UINT) == 4 && sizeof(WORD) == 2);
static_assert(sizeof(WCHAR) == 2 && sizeof(BYTE) == 1 && sizeof(ULONGLONG) == 8 && sizeof(GUID) == 16);
static_assert(sizeof(DWORD_PTR) == sizeof(void*) && sizeof(LPARAM) == sizeof(void*));

static_assert(sizeof(WAVEFORMAT) == 14 && sizeof(PCMWAVEFORMAT) == 16 && sizeof(WAVEFORMATEX) == 18);
static_assert(sizeof(WAVEFORMATEXTENSIBLE) == 40 && offsetof(WAVEFORMATEXTENSIBLE, SubFormat) == 24);
static_assert(sizeof(WAVEHDR) == (k64Bit ? 48 : 32));
static_assert(offsetof(WAVEHDR, dwFlags) == (k64Bit ? 24 : 16));
static_assert(offsetof(WAVEHDR, reserved) == (k64Bit ? 40 : 28));
static_assert(sizeof(MMTIME) == 12 && offsetof(MMTIME, u) == 4);
static_assert(sizeof(WAVEOPENDESC) == (k64Bit ? 44 : 24));
static_assert(offsetof(WAVEOPENDESC, dnDevNode) == (k64Bit ? 36 : 20));
static_assert(sizeof(DRVCONFIGINFO) == (k64Bit ? 20 : 12));
static_assert(sizeof(WAVEOUTCAPSW) == 84 && sizeof(WAVEOUTCAPSA) == 52);
static_assert(sizeof(WAVEINCAPSW) == 80 && sizeof(WAVEINCAPSA) == 48);

static_assert(sizeof(ClientHeader) == sizeof(WAVEHDR));
static_assert(alignof(ClientHeader) == alignof(WAVEHDR));
static_assert(offsetof(ClientHeader, data) == offsetof(WAVEHDR, lpData));
static_assert(offsetof(ClientHeader, length) == offsetof(WAVEHDR, dwBufferLength));
static_assert(offsetof(ClientHeader, bytes_recorded) == offsetof(WAVEHDR, dwBytesRecorded));
static_assert(offsetof(ClientHeader, user) == offsetof(WAVEHDR, dwUser));
static_assert(offsetof(ClientHeader, flags) == offsetof(WAVEHDR, dwFlags));
static_assert(offsetof(ClientHeader, loops) == offsetof(WAVEHDR, dwLoops));
static_assert(offsetof(ClientHeader, next) == offsetof(WAVEHDR, lpNext));
static_assert(offsetof(ClientHeader, reserved) == offsetof(WAVEHDR, reserved));

static_assert(core::kDone == WHDR_DONE && core::kPrepared == WHDR_PREPARED && core::kInQueue == WHDR_INQUEUE);
static_assert(core::kBeginLoop == WHDR_BEGINLOOP && core::kEndLoop == WHDR_ENDLOOP);

}  // namespace
}  // namespace refwave::winmm
