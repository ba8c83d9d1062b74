#include "driver/winmm/wave_call.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "driver/core/ring/client_header.h"
#include "driver/winmm/capabilities.h"
#include "driver/winmm/client_callback.h"
#include "driver/winmm/own_messages.h"
#include "driver/winmm/refwave.h"
#include "driver/winmm/wave_format.h"

namespace refwave::winmm {
namespace {

bool is_driver_management(UINT message) {
  return message == DRVM_INIT || message == DRVM_INIT_EX || message == DRVM_EXIT || message == DRVM_ENABLE ||
         message == DRVM_DISABLE;
}

/// Returns: the header of the call; null if it is incomplete. Windows documentation: "WODM_WRITE message".
core::ClientHeader* header_of(const WaveCall& call) {
  return call.second < sizeof(WAVEHDR) ? nullptr : reinterpret_cast<core::ClientHeader*>(call.first);
}

}  // namespace

DWORD dispatch(std::span<const WaveMessage> table, UINT get_num_devs, hal::Direction direction, UINT device,
               UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second) {
  if (is_driver_management(message)) return MMSYSERR_NOERROR;
  try {
    // The user of an open is an address, which serves as well.
    const control::DriverReference driver(user);
    if (message == get_num_devs) return driver ? static_cast<DWORD>(driver->devices(direction)) : 0;
    if (!driver) return MMSYSERR_NOTENABLED;
    if (device >= driver->devices(direction)) return MMSYSERR_BADDEVICEID;
    const auto entry = std::ranges::find(table, message, &WaveMessage::message);
    if (entry == table.end()) return MMSYSERR_NOTSUPPORTED;
    return entry->handle({*driver, direction, device, user, first, second});
  } catch (const std::bad_alloc&) {
    return MMSYSERR_NOMEM;
  } catch (const abi::__forced_unwind&) {
    // A callback of this call ends the client's thread.
    throw;
  } catch (...) {
    return MMSYSERR_ERROR;
  }
}

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

void report_format(const control::Driver& driver, const PCMWAVEFORMAT& wave) {
  driver.event_log().report([&] {
    return "a stream was refused: format tag " + std::to_string(wave.wf.wFormatTag) + ", " +
           std::to_string(wave.wf.nChannels) + " channels, " + std::to_string(wave.wf.nSamplesPerSec) +
           " Hz, " + std::to_string(wave.wBitsPerSample) + " bits cannot be played or recorded";
  });
}

/// Windows documentation: "WODM_OPEN message", "WIDM_OPEN message".
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
  // The handle is written before the client is notified of the open, because the client may use the stream at
  // once.
  const core::Error error = call.driver.open(call.device, call.direction, *format,
                                             client_callback(*description, flags, call.direction), *instance);
  // Only now: the device's libraries are loaded, and still work when the exit waits.
  if (error == core::Error::none) control::hear_out_at_exit();
  return result_of(error);
}

DWORD close_stream(const WaveCall& call) {
  return result_of(call.streams().close(call.user, call.direction));
}

DWORD prepare_header(const WaveCall& call) {
  auto* header = header_of(call);
  if (header == nullptr) return MMSYSERR_INVALPARAM;
  return result_of(call.streams().prepare(call.user, call.direction, *header));
}

DWORD unprepare_header(const WaveCall& call) {
  auto* header = header_of(call);
  if (header == nullptr) return MMSYSERR_INVALPARAM;
  return result_of(call.streams().unprepare(call.user, call.direction, *header));
}

DWORD write_header(const WaveCall& call) {
  auto* header = header_of(call);
  if (header == nullptr) return MMSYSERR_INVALPARAM;
  return result_of(call.streams().write(call.user, call.direction, *header));
}

DWORD reset_stream(const WaveCall& call) {
  return result_of(call.streams().reset(call.user, call.direction));
}

DWORD run_stream(const WaveCall& call) { return result_of(call.streams().run(call.user, call.direction)); }

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

std::u16string product_name_of(const WaveCall& call, std::string_view role) {
  const std::vector<std::string> names = call.driver.device_names(call.direction);
  return call.device < names.size() ? product_name(role, names, call.device) : std::u16string{};
}

DWORD copy_capabilities(const void* caps, std::size_t caps_size, DWORD_PTR target, DWORD_PTR size) noexcept {
  if (size == 0) return MMSYSERR_NOERROR;
  if (target == 0) return MMSYSERR_INVALPARAM;
  std::memcpy(reinterpret_cast<void*>(target), caps, std::min<std::size_t>(caps_size, size));
  return MMSYSERR_NOERROR;
}

}  // namespace refwave::winmm
