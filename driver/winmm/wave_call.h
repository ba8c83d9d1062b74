// The common part of wodMessage and widMessage: one call's parameters, the table of messages, and the
// messages that differ between the directions only in their numbers.
#pragma once

#include <span>
#include <string_view>

#include "driver/abi/windows_headers.h"
#include "driver/control/driver_gate.h"
#include "hal/device.h"

namespace refwave::winmm {

/// One message as it arrived. `user`: for OPEN the address for the handle, afterwards the handle.
struct WaveCall {
  control::Driver& driver;
  hal::Direction direction;
  UINT device;
  DWORD_PTR user;
  DWORD_PTR first;
  DWORD_PTR second;

  control::Streams& streams() const { return driver.streams(); }
};

/// A message, and the function that answers it.
struct WaveMessage {
  UINT message;
  DWORD (*handle)(const WaveCall& call);
};

/// Effects: answers a message through `table`, after the checks that every message needs: driver enabled,
/// device number valid. `get_num_devs`: the message that is answered without them. Lets no exception out.
DWORD dispatch(std::span<const WaveMessage> table, UINT get_num_devs, hal::Direction direction, UINT device,
               UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second);

/// Returns: Windows' number for the error; MMSYSERR_NOERROR for none.
MMRESULT result_of(core::Error error) noexcept;

// Handlers that both directions share. Returns: an MMRESULT. Windows documentation: the pages of the messages
// OPEN, CLOSE, PREPARE, UNPREPARE, WRITE and ADDBUFFER, RESET, RESTART and START, GETPOS.
DWORD open_stream(const WaveCall& call);
DWORD close_stream(const WaveCall& call);
DWORD prepare_header(const WaveCall& call);
DWORD unprepare_header(const WaveCall& call);
DWORD write_header(const WaveCall& call);
DWORD reset_stream(const WaveCall& call);
DWORD run_stream(const WaveCall& call);
DWORD get_position(const WaveCall& call);
/// REFWAVE_GET_STATISTICS (refwave.h).
DWORD get_stream_statistics(const WaveCall& call);

/// Returns: szPname of the call's device; `role` is "out" or "in".
std::u16string product_name_of(const WaveCall& call, std::string_view role);
/// Effects: copies the first `size` bytes of `caps` to `target`. Errors: MMSYSERR_INVALPARAM for a null
/// target with a size. Windows documentation: "WODM_GETDEVCAPS message".
DWORD copy_capabilities(const void* caps, std::size_t caps_size, DWORD_PTR target, DWORD_PTR size) noexcept;

}  // namespace refwave::winmm
