// The common part of waveOut* and waveIn*: open handles, and the way of a call from a handle or a device id
// to the driver's wodMessage or widMessage, or to the system's function (system_wave.h). No lock is held
// while a driver runs. Any thread.
#pragma once

#include "driver/abi/windows_headers.h"
#include "inf/host/wave/system_wave.h"
#include "inf/host/wave/wave_devices.h"

namespace refwave::host {

// A client may close a handle while it uses it elsewhere: the handle then is invalid here, and a call that is
// already under way meets the driver's own check of dwUser.

/// Returns: the driver's answer for the stream of that handle. For any other handle: the system's answer, or
/// MMSYSERR_INVALHANDLE.
MMRESULT send_to_stream(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1 = 0,
                        DWORD_PTR parameter2 = 0);

/// Returns: the number of devices; 0 also if memory for the drivers is missing, and then the next call loads
/// them.
UINT device_count(Direction direction);

/// As send_to_stream, but `handle` may be a device id instead: the driver then gets 0 as dwUser.
MMRESULT send_to_stream_or_device(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                                  DWORD_PTR parameter2);

/// Effects: opens a stream; WAVE_FORMAT_QUERY only asks. WAVE_MAPPER is the first device that takes the
/// format. A format that none takes goes to the system, if there is one (system_wave.h).
MMRESULT open_stream(Direction direction, HWAVE* handle, const OpenCall& call);
MMRESULT close_stream(Direction direction, HWAVE handle);

/// Effects: passes the call to the driver. If the driver answers MMSYSERR_NOTSUPPORTED, the header's flags
/// are kept here.
MMRESULT prepare_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size);
MMRESULT unprepare_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size);

/// Effects: hands a block to the driver (waveOutWrite, waveInAddBuffer).
MMRESULT queue_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size);

MMRESULT stream_id(Direction direction, HWAVE handle, LPUINT id);

/// Effects: WODM_GETDEVCAPS or WIDM_GETDEVCAPS. `id` may be a handle, or WAVE_MAPPER: then the first device
/// answers.
MMRESULT device_capabilities(Direction direction, UINT_PTR id, void* capabilities, UINT size);

/// Effects: passes on any message (waveOutMessage, waveInMessage). Queries that Windows answers itself are
/// answered here.
MMRESULT send_any_message(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                          DWORD_PTR parameter2);

/// Effects: forgets every open handle; the drivers are not notified.
void forget_streams();

}  // namespace refwave::host
