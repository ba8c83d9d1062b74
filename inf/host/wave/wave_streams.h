// The common part of waveOut* and waveIn*: open handles, and the routing of calls to wodMessage or
// widMessage, or to the system (system_wave.h). No lock is held while a driver runs. Any thread.
#pragma once

#include "driver/abi/windows_headers.h"
#include "inf/host/wave/system_wave.h"
#include "inf/host/wave/wave_devices.h"

namespace refwave::host {

// If a client closes a handle that another thread uses, a call that is already inside meets the driver's own
// check of dwUser.

/// Returns: the driver's answer; for an unknown handle the system's, or MMSYSERR_INVALHANDLE.
MMRESULT send_to_stream(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1 = 0,
                        DWORD_PTR parameter2 = 0);

/// Returns: the number of devices; 0 also without memory, and then the next call loads the drivers.
UINT device_count(Direction direction);

/// As send_to_stream, but `handle` may be a device id: dwUser is then 0.
MMRESULT send_to_stream_or_device(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                                  DWORD_PTR parameter2);

/// Effects: opens a stream, or queries (WAVE_FORMAT_QUERY). WAVE_MAPPER is the first device that takes the
/// format. A format that none takes is opened in the system, if there is one.
MMRESULT open_stream(Direction direction, HWAVE* handle, const OpenCall& call);
MMRESULT close_stream(Direction direction, HWAVE handle);

/// Effects: calls the driver. If it answers MMSYSERR_NOTSUPPORTED, the header's flags are set here.
MMRESULT prepare_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size);
MMRESULT unprepare_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size);

MMRESULT queue_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size);

MMRESULT stream_id(Direction direction, HWAVE handle, LPUINT id);

/// `id`: a device, a handle, or WAVE_MAPPER, for which the first device answers.
MMRESULT device_capabilities(Direction direction, UINT_PTR id, void* capabilities, UINT size);

/// waveOutMessage, waveInMessage. Queries that Windows answers itself are answered here.
MMRESULT send_any_message(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                          DWORD_PTR parameter2);

/// Effects: invalidates every handle, without notifying the drivers.
void forget_streams();

}  // namespace refwave::host
