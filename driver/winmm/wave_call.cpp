// wodMessage and widMessage. Windows documentation: "wodMessage function", the WODM_* and WIDM_* messages.
#include <cxxabi.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>

#include "driver/control/driver_gate.h"
#include "driver/core/ring/client_header.h"
#include "driver/winmm/capabilities.h"
#include "driver/winmm/client_callback.h"
#include "driver/winmm/own_messages.h"
#include "driver/winmm/refwave.h"
#include "driver/winmm/wave_format.h"

namespace refwave::winmm {
namespace {

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

/// A message of outputs and its twin of inputs; kNone where one direction has none.
struct WaveMessage {
  UINT out;
  UINT in;
  DWORD (*handle)(const WaveCall& call);
};
constexpr UINT kNone = ~UINT{0};

MMRESULT result_of(core::Error error) noexcept {
  switch (error) {
    case core::Error::none:
      return MMSYSERR_NOERROR;
    case core::Error::bad_device:
      return MMSYSERR_BADDEVICEID;
    case core::Error::bad_handle:
      return MMSYSERR_INVALHANDLE;
    case core::Error::still_playing:
      return WAVERR_STILLPLAYING;
    case core::Error::unprepared:
      return WAVERR_UNPREPARED;
    case core::Error::no_memory:
      return MMSYSERR_NOMEM;
    case core::Error::all_slots_used:
      return MMSYSERR_ALLOCATED;
    case core::Error::no_device:
      return MMSYSERR_NODRIVER;
  }
  return MMSYSERR_ERROR;
}

template <auto kAct>
DWORD on_stream(const WaveCall& call) {
  return result_of((call.streams().*kAct)(call.user, call.direction));
}

template <auto kAct>
DWORD with_header(const WaveCall& call) {
  auto* const header = reinterpret_cast<core::ClientHeader*>(call.first);
  if (header == nullptr || call.second < sizeof(WAVEHDR)) return MMSYSERR_INVALPARAM;
  return result_of((call.streams().*kAct)(call.user, call.direction, *header));
}

void report_format(const control::Driver& driver, const PCMWAVEFORMAT& wave) {
  driver.event_log().report([&] {
    return "a stream was refused: format tag " + std::to_string(wave.wf.wFormatTag) + ", " +
           std::to_string(wave.wf.nChannels) + " channels, " + std::to_string(wave.wf.nSamplesPerSec) +
           " Hz, " + std::to_string(wave.wBitsPerSample) + " bits cannot be played or recorded";
  });
}

DWORD open_stream(const WaveCall& call) {
  const auto* description = reinterpret_cast<const WAVEOPENDESC*>(call.first);
  if (description == nullptr || description->lpFormat == nullptr) return MMSYSERR_INVALPARAM;
  const auto flags = static_cast<DWORD>(call.second);
  const auto format = parse_wave_format(*reinterpret_cast<const WAVEFORMATEX*>(description->lpFormat));
  if (!format && (flags & WAVE_FORMAT_QUERY) == 0)
    report_format(call.driver, *reinterpret_cast<const PCMWAVEFORMAT*>(description->lpFormat));
  if (!format) return WAVERR_BADFORMAT;
  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;
  auto* instance = reinterpret_cast<control::Handle*>(call.user);
  if (instance == nullptr) return MMSYSERR_INVALPARAM;
  // The handle is written first, because the client may use the stream when it is notified.
  const core::Error error = call.driver.open(call.device, call.direction, *format,
                                             client_callback(*description, flags, call.direction), *instance);
  // Only now, so that the device's libraries, loaded before, still work when the exit waits.
  if (error == core::Error::none) control::drain_at_exit();
  return result_of(error);
}

/// Windows documentation: "WODM_GETPOS message", "MMTIME structure". The 64-bit position modulo 2^32.
DWORD get_position(const WaveCall& call) {
  auto* time = reinterpret_cast<MMTIME*>(call.first);
  if (time == nullptr) return MMSYSERR_INVALPARAM;
  if (call.second < sizeof(MMTIME)) return MMSYSERR_ERROR;
  control::Position position;
  const core::Error error = call.streams().position(call.user, call.direction, position);
  if (error != core::Error::none) return result_of(error);
  if (time->wType == TIME_SAMPLES) {
    time->u.sample = static_cast<DWORD>(position.frames);
  } else {
    time->wType = TIME_BYTES;
    time->u.cb = static_cast<DWORD>(position.frames * position.bytes_per_frame);
  }
  return MMSYSERR_NOERROR;
}

DWORD get_stream_statistics(const WaveCall& call) {
  core::Statistics statistics;
  const auto ask = (call.second & REFWAVE_WITH_LEVELS) != 0 ? control::Streams::Ask::levels
                                                            : control::Streams::Ask::counters;
  const core::Error error = call.streams().statistics(call.user, call.direction, statistics, ask);
  if (error != core::Error::none) return result_of(error);
  statistics.notifiers = call.driver.notifiers().statistics();
  return give_statistics(statistics, call.first);
}

/// Windows documentation: "Obtaining a Device Interface Name", "Device Roles for Legacy Windows Multimedia
/// Applications". MMDevice's identifier, by which a program finds the device's whole name.
DWORD get_endpoint(const WaveCall& call) {
  const std::u16string id = call.driver.endpoint_id(call.direction, call.device);
  if (id.empty()) return MMSYSERR_NOTSUPPORTED;
  const std::size_t bytes = (id.size() + 1) * sizeof(WCHAR);
  if (call.first == 0 || call.second < bytes) return MMSYSERR_INVALPARAM;
  std::memcpy(reinterpret_cast<void*>(call.first), id.c_str(), bytes);
  return MMSYSERR_NOERROR;
}

template <class Size>
DWORD get_endpoint_size(const WaveCall& call) {
  const std::u16string id = call.driver.endpoint_id(call.direction, call.device);
  if (id.empty()) return MMSYSERR_NOTSUPPORTED;
  if (call.first == 0) return MMSYSERR_INVALPARAM;
  *reinterpret_cast<Size*>(call.first) = static_cast<Size>((id.size() + 1) * sizeof(WCHAR));
  return MMSYSERR_NOERROR;
}

/// `kCapabilities`: makes a WAVEOUTCAPSW or WAVEINCAPSW from a product_name().
template <auto kCapabilities>
DWORD get_capabilities(const WaveCall& call) {
  if (call.second == 0) return MMSYSERR_NOERROR;
  if (call.first == 0) return MMSYSERR_INVALPARAM;
  const std::vector<std::string> names = call.driver.device_names(call.direction);
  const auto caps = kCapabilities(call.device < names.size() ? product_name(names, call.device) : u"");
  std::memcpy(reinterpret_cast<void*>(call.first), &caps, std::min<std::size_t>(sizeof(caps), call.second));
  return MMSYSERR_NOERROR;
}

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

/// Windows documentation: "waveOutSetPlaybackRate function", "waveOutSetPitch function".
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

using control::Streams;

constexpr WaveMessage kMessages[] = {
    {WODM_WRITE, WIDM_ADDBUFFER, with_header<&Streams::write>},
    {WODM_GETPOS, WIDM_GETPOS, get_position},
    {WODM_GETDEVCAPS, kNone, get_capabilities<output_capabilities>},
    {kNone, WIDM_GETDEVCAPS, get_capabilities<input_capabilities>},
    {WODM_OPEN, WIDM_OPEN, open_stream},
    {WODM_CLOSE, WIDM_CLOSE, on_stream<&Streams::close>},
    {WODM_PREPARE, WIDM_PREPARE, with_header<&Streams::prepare>},
    {WODM_UNPREPARE, WIDM_UNPREPARE, with_header<&Streams::unprepare>},
    {WODM_PAUSE, kNone, on_stream<&Streams::pause>},
    {kNone, WIDM_STOP, on_stream<&Streams::stop>},
    {WODM_RESTART, WIDM_START, on_stream<&Streams::run>},
    {WODM_RESET, WIDM_RESET, on_stream<&Streams::reset>},
    {WODM_BREAKLOOP, kNone, on_stream<&Streams::break_loop>},
    {WODM_SETVOLUME, kNone, set_volume},
    {WODM_GETVOLUME, kNone, get_volume},
    {REFWAVE_GET_STATISTICS, REFWAVE_GET_STATISTICS, get_stream_statistics},
    {WODM_SETPLAYBACKRATE, kNone, set_speed<kRate>},
    {WODM_GETPLAYBACKRATE, kNone, get_speed<kRate>},
    {WODM_SETPITCH, kNone, set_speed<kPitch>},
    {WODM_GETPITCH, kNone, get_speed<kPitch>},
    {DRV_QUERYDEVICEINTERFACE, DRV_QUERYDEVICEINTERFACE, get_endpoint},
    {DRV_QUERYDEVICEINTERFACESIZE, DRV_QUERYDEVICEINTERFACESIZE, get_endpoint_size<DWORD>},
    {DRV_QUERYFUNCTIONINSTANCEID, DRV_QUERYFUNCTIONINSTANCEID, get_endpoint},
    {DRV_QUERYFUNCTIONINSTANCEIDSIZE, DRV_QUERYFUNCTIONINSTANCEIDSIZE, get_endpoint_size<std::size_t>},
};

bool is_driver_management(UINT message) {
  return message == DRVM_INIT || message == DRVM_INIT_EX || message == DRVM_EXIT || message == DRVM_ENABLE ||
         message == DRVM_DISABLE;
}

/// Effects: answers a message, if the driver is enabled and the device number valid; GETNUMDEVS needs
/// neither. Only a client that ends its thread in a callback unwinds through it.
DWORD dispatch(hal::Direction direction, UINT device, UINT message, DWORD_PTR user, DWORD_PTR first,
               DWORD_PTR second) {
  if (is_driver_management(message)) return MMSYSERR_NOERROR;
  const bool output = direction == hal::Direction::output;
  try {
    // At an open `user` is an address, which does as well.
    const control::DriverReference driver(user);
    if (message == (output ? WODM_GETNUMDEVS : WIDM_GETNUMDEVS))
      return driver ? static_cast<DWORD>(driver->devices(direction)) : 0;
    if (!driver) return MMSYSERR_NOTENABLED;
    if (device >= driver->devices(direction)) return MMSYSERR_BADDEVICEID;
    const auto* const entry =
        std::ranges::find(kMessages, message, output ? &WaveMessage::out : &WaveMessage::in);
    if (entry == std::end(kMessages) || message == kNone) return MMSYSERR_NOTSUPPORTED;
    return entry->handle({*driver, direction, device, user, first, second});
  } catch (const std::bad_alloc&) {
    return MMSYSERR_NOMEM;
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (...) {
    return MMSYSERR_ERROR;
  }
}

}  // namespace
}  // namespace refwave::winmm

extern "C" DWORD APIENTRY wodMessage(UINT uDeviceID, UINT uMsg, DWORD_PTR dwUser, DWORD_PTR dwParam1,
                                     DWORD_PTR dwParam2) {
  return refwave::winmm::dispatch(refwave::hal::Direction::output, uDeviceID, uMsg, dwUser, dwParam1,
                                  dwParam2);
}

extern "C" DWORD APIENTRY widMessage(UINT uDeviceID, UINT uMsg, DWORD_PTR dwUser, DWORD_PTR dwParam1,
                                     DWORD_PTR dwParam2) {
  return refwave::winmm::dispatch(refwave::hal::Direction::input, uDeviceID, uMsg, dwUser, dwParam1,
                                  dwParam2);
}
