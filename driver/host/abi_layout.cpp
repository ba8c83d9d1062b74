// Windows' byte layouts, checked when the stand-in is built. A driver compiled against the stand-in finds the
// layouts of Windows.
#include <ksmedia.h>
#include <mmddk.h>

#include <cstddef>

static_assert(sizeof(DWORD) == 4 && sizeof(LONG) == 4 && sizeof(UINT) == 4 && sizeof(WORD) == 2);
static_assert(sizeof(WCHAR) == 2 && sizeof(BYTE) == 1 && sizeof(ULONGLONG) == 8);
static_assert(sizeof(DWORD_PTR) == sizeof(void*) && sizeof(LPARAM) == sizeof(void*));
static_assert(sizeof(GUID) == 16);

static_assert(sizeof(WAVEFORMAT) == 14 && sizeof(PCMWAVEFORMAT) == 16 && sizeof(WAVEFORMATEX) == 18);
static_assert(sizeof(WAVEFORMATEXTENSIBLE) == 40 && offsetof(WAVEFORMATEXTENSIBLE, SubFormat) == 24);
static_assert(sizeof(WAVEOUTCAPSW) == 84 && sizeof(WAVEOUTCAPSA) == 52);
static_assert(sizeof(WAVEINCAPSW) == 80 && sizeof(WAVEINCAPSA) == 48);
static_assert(sizeof(MMTIME) == 12 && offsetof(MMTIME, u) == 4);

// These hold pointers: the x64 layout, the only one the stand-in is built for.
static_assert(sizeof(void*) == 8);
static_assert(sizeof(WAVEHDR) == 48 && offsetof(WAVEHDR, dwFlags) == 24 && offsetof(WAVEHDR, reserved) == 40);
static_assert(sizeof(WAVEOPENDESC) == 44 && offsetof(WAVEOPENDESC, dnDevNode) == 36);
static_assert(sizeof(DRVCONFIGINFO) == 20);
