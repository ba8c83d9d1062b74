// widMessage: the messages for an input. Windows documentation: "widMessage function" and the WIDM_*
// messages.
#include "driver/winmm/capabilities.h"
#include "driver/winmm/refwave.h"
#include "driver/winmm/wave_call.h"

namespace refwave::winmm {
namespace {

DWORD get_in_capabilities(const WaveCall& call) {
  const WAVEINCAPSW caps = input_capabilities(product_name_of(call, "in"));
  return copy_capabilities(&caps, sizeof(caps), call.first, call.second);
}

DWORD stop(const WaveCall& call) { return result_of(call.streams().stop(call.user)); }

constexpr WaveMessage kInMessages[] = {
    {WIDM_ADDBUFFER, write_header},
    {WIDM_GETPOS, get_position},
    {WIDM_GETDEVCAPS, get_in_capabilities},
    {WIDM_OPEN, open_stream},
    {WIDM_CLOSE, close_stream},
    {WIDM_PREPARE, prepare_header},
    {WIDM_UNPREPARE, unprepare_header},
    {WIDM_START, run_stream},
    {WIDM_STOP, stop},
    {WIDM_RESET, reset_stream},
    {REFWAVE_GET_STATISTICS, get_stream_statistics},
};

}  // namespace
}  // namespace refwave::winmm

extern "C" DWORD APIENTRY widMessage(UINT uDeviceID, UINT uMsg, DWORD_PTR dwUser, DWORD_PTR dwParam1,
                                     DWORD_PTR dwParam2) {
  return refwave::winmm::dispatch(refwave::winmm::kInMessages, WIDM_GETNUMDEVS,
                                  refwave::hal::Direction::input, uDeviceID, uMsg, dwUser, dwParam1,
                                  dwParam2);
}
