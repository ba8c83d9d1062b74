// wodMessage: the messages for an output. Windows documentation: "wodMessage function" and the WODM_*
// messages.
#include "driver/winmm/capabilities.h"
#include "driver/winmm/refwave.h"
#include "driver/winmm/wave_call.h"

namespace refwave::winmm {
namespace {

DWORD get_out_capabilities(const WaveCall& call) {
  const WAVEOUTCAPSW caps = output_capabilities(product_name_of(call, "out"));
  return copy_capabilities(&caps, sizeof(caps), call.first, call.second);
}

DWORD pause(const WaveCall& call) { return result_of(call.streams().pause(call.user, call.direction)); }

DWORD break_loop(const WaveCall& call) { return result_of(call.streams().break_loop(call.user)); }

/// Effects: answers a GET with the value that `get(value)` finds.
template <typename Get>
DWORD answer_with(const WaveCall& call, Get get) {
  auto* const target = reinterpret_cast<DWORD*>(call.first);
  if (target == nullptr) return MMSYSERR_INVALPARAM;
  std::uint32_t value = 0;
  const core::Error error = get(value);
  if (error == core::Error::none) *target = value;
  return result_of(error);
}

/// Without a stream the volume applies to the whole device, later streams included.
DWORD set_volume(const WaveCall& call) {
  const auto volume = static_cast<std::uint32_t>(call.first);
  return result_of(call.user == 0 ? call.driver.set_device_volume(call.device, volume)
                                  : call.streams().set_volume(call.user, volume));
}

DWORD get_volume(const WaveCall& call) {
  return answer_with(call, [&](std::uint32_t& volume) {
    return call.user == 0 ? call.driver.device_volume(call.device, volume)
                          : call.streams().volume(call.user, volume);
  });
}

/// Windows documentation: "waveOutSetPlaybackRate function", "waveOutSetPitch function": the integer part in
/// the high word. A stream keeps what was set through a reset.
template <control::SpeedPart kPart>
DWORD set_speed(const WaveCall& call) {
  const auto factor = static_cast<std::uint32_t>(call.first);
  if (factor < dsp::kLeastFactor || factor > dsp::kGreatestFactor) return MMSYSERR_INVALPARAM;
  return result_of(call.streams().set_speed(call.user, kPart, factor));
}

template <control::SpeedPart kPart>
DWORD get_speed(const WaveCall& call) {
  return answer_with(call,
                     [&](std::uint32_t& factor) { return call.streams().speed(call.user, kPart, factor); });
}

constexpr auto kRate = control::SpeedPart::rate;
constexpr auto kPitch = control::SpeedPart::pitch;

constexpr WaveMessage kOutMessages[] = {
    {WODM_WRITE, write_header},
    {WODM_GETPOS, get_position},
    {WODM_GETDEVCAPS, get_out_capabilities},
    {WODM_OPEN, open_stream},
    {WODM_CLOSE, close_stream},
    {WODM_PREPARE, prepare_header},
    {WODM_UNPREPARE, unprepare_header},
    {WODM_PAUSE, pause},
    {WODM_RESTART, run_stream},
    {WODM_RESET, reset_stream},
    {WODM_BREAKLOOP, break_loop},
    {WODM_SETVOLUME, set_volume},
    {WODM_GETVOLUME, get_volume},
    {REFWAVE_GET_STATISTICS, get_stream_statistics},
    {WODM_SETPLAYBACKRATE, set_speed<kRate>},
    {WODM_GETPLAYBACKRATE, get_speed<kRate>},
    {WODM_SETPITCH, set_speed<kPitch>},
    {WODM_GETPITCH, get_speed<kPitch>},
};

}  // namespace
}  // namespace refwave::winmm

extern "C" DWORD APIENTRY wodMessage(UINT uDeviceID, UINT uMsg, DWORD_PTR dwUser, DWORD_PTR dwParam1,
                                     DWORD_PTR dwParam2) {
  return refwave::winmm::dispatch(refwave::winmm::kOutMessages, WODM_GETNUMDEVS,
                                  refwave::hal::Direction::output, uDeviceID, uMsg, dwUser, dwParam1,
                                  dwParam2);
}
