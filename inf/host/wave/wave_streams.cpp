// The routing of calls. Formats, header flags and positions are the driver's.
#include "inf/host/wave/wave_streams.h"

#include <winmm_host.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <tuple>
#include <utility>

#include "inf/host/handle_table.h"

namespace refwave::host {
namespace {

struct WaveStream {
  explicit WaveStream(const WaveDevice& on) : device(on) {}

  const WaveDevice device;
  DWORD_PTR user = 0;  // the driver's own instance, written by the driver in *_OPEN
  std::atomic<bool> closing = false;
};

using StreamTable = HandleTable<HWAVE, WaveStream>;

struct WaveMessages {
  UINT capabilities, open, close, prepare, unprepare, queue;
};

const WaveMessages& messages(Direction direction) {
  static constexpr WaveMessages kMessages[] = {
      {WODM_GETDEVCAPS, WODM_OPEN, WODM_CLOSE, WODM_PREPARE, WODM_UNPREPARE, WODM_WRITE},
      {WIDM_GETDEVCAPS, WIDM_OPEN, WIDM_CLOSE, WIDM_PREPARE, WIDM_UNPREPARE, WIDM_ADDBUFFER}};
  return kMessages[static_cast<std::size_t>(direction)];
}

StreamTable& streams(Direction direction) {
  static constinit std::array<StreamTable, 2> tables;
  return tables[static_cast<std::size_t>(direction)];
}

bool is_device_id(DWORD_PTR handle) { return handle <= 0xFFFF || static_cast<UINT>(handle) == WAVE_MAPPER; }

/// Programs of 16-bit Windows, and MCI's waveaudio, pass 0xFFFF for WAVE_MAPPER, and Windows accepts it.
bool is_mapper(UINT id) { return id == WAVE_MAPPER || id == 0xFFFF; }

std::optional<WaveDevice> find_device(Direction direction, UINT id) {
  return wave_devices()->find(direction, is_mapper(id) ? 0 : id);
}

MMRESULT send(const WaveStream& stream, UINT message, DWORD_PTR parameter1, DWORD_PTR parameter2) {
  return stream.device.send(message, stream.user, parameter1, parameter2);
}

/// The first byte of the header's flags, which has all of WHDR_*. The driver's threads change it, and a
/// WAVEHDR may lie at any address, where only a byte is atomic on every processor.
std::atomic_ref<BYTE> flags_of(LPWAVEHDR header) {
  return std::atomic_ref<BYTE>(reinterpret_cast<BYTE*>(header)[offsetof(WAVEHDR, dwFlags)]);
}

MMRESULT send_header(Direction direction, HWAVE handle, UINT message, LPWAVEHDR header, UINT size) {
  if (header == nullptr || size < sizeof(WAVEHDR)) return MMSYSERR_INVALPARAM;
  return send_to_stream(direction, handle, message, reinterpret_cast<DWORD_PTR>(header), size);
}

DWORD_PTR address_of(WAVEOPENDESC& description) { return reinterpret_cast<DWORD_PTR>(&description); }

WAVEOPENDESC describe(const OpenCall& call, HWAVE handle) {
  // A WAVEFORMATEX begins with a WAVEFORMAT, the older type, which the description names.
  auto* format = reinterpret_cast<LPWAVEFORMAT>(const_cast<LPWAVEFORMATEX>(call.format));
  return {handle, format, call.callback, call.instance, call.id, 0};
}

MMRESULT query(Direction direction, const WaveDevice& device, const OpenCall& call) {
  WAVEOPENDESC description = describe(call, nullptr);
  DWORD_PTR unused = 0;
  return device.send(messages(direction).open, reinterpret_cast<DWORD_PTR>(&unused), address_of(description),
                     call.flags | WAVE_FORMAT_QUERY);
}

/// Returns: the result of `call`, or MMSYSERR_NOMEM.
template <class Call>
MMRESULT without_exceptions(Call call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return MMSYSERR_NOMEM;
  }
}

/// `handle`: a device's number, or an equally small handle of the system's. Not inlined, so that a call on a
/// handle saves no registers for it.
[[gnu::noinline]] MMRESULT send_to_device(Direction direction, HWAVE handle, UINT message,
                                          DWORD_PTR parameter1, DWORD_PTR parameter2) {
  if (is_in_system(direction, handle))
    return send_to_system(direction, handle, message, parameter1, parameter2);
  return without_exceptions([&] {
    const auto device = find_device(direction, static_cast<UINT>(reinterpret_cast<DWORD_PTR>(handle)));
    return device ? device->send(message, 0, parameter1, parameter2) : MMSYSERR_BADDEVICEID;
  });
}

MMRESULT open_on(Direction direction, const WaveDevice& device, const OpenCall& call, HWAVE* handle) {
  const auto stream = streams(direction).add(std::make_unique<WaveStream>(device));
  WAVEOPENDESC description = describe(call, stream.handle());
  const MMRESULT result = device.send(messages(direction).open, reinterpret_cast<DWORD_PTR>(&stream->user),
                                      address_of(description), call.flags);
  if (result == MMSYSERR_NOERROR) {
    *handle = stream.handle();
  } else {
    streams(direction).remove(stream.handle());
  }
  return result;
}

/// Returns: the first device that takes the format, or the last one's error.
std::pair<std::optional<WaveDevice>, MMRESULT> map(Direction direction, const OpenCall& call) {
  const auto devices = wave_devices();
  MMRESULT result = MMSYSERR_BADDEVICEID;
  for (UINT id = 0; id < devices->count(direction); ++id) {
    auto device = devices->find(direction, id);
    result = query(direction, *device, call);
    if (result == MMSYSERR_NOERROR) return {std::move(device), result};
  }
  return {std::nullopt, result};
}

MMRESULT check(const HWAVE* handle, const OpenCall& call) {
  const bool only_query = (call.flags & WAVE_FORMAT_QUERY) != 0;
  if (call.format == nullptr || (handle == nullptr && !only_query)) return MMSYSERR_INVALPARAM;
  const bool to_window = (call.flags & CALLBACK_TYPEMASK) == CALLBACK_WINDOW && call.callback != 0;
  if (to_window && IsWindow(reinterpret_cast<HWND>(call.callback)) == FALSE) return MMSYSERR_INVALPARAM;
  return MMSYSERR_NOERROR;
}

MMRESULT open_here(Direction direction, HWAVE* handle, const OpenCall& call) {
  std::optional<WaveDevice> device;
  MMRESULT result = MMSYSERR_BADDEVICEID;
  if (is_mapper(call.id)) {
    std::tie(device, result) = map(direction, call);
  } else {
    device = find_device(direction, call.id);
  }
  if (!device) return result;
  if ((call.flags & WAVE_FORMAT_QUERY) != 0) return query(direction, *device, call);
  *handle = nullptr;
  return open_on(direction, *device, call, handle);
}

/// DRVM_MAPPER_PREFERRED_GET: the mapper's first device, and no flags.
MMRESULT preferred_device(Direction direction, DWORD_PTR id_address, DWORD_PTR flags_address) {
  if (id_address == 0 || flags_address == 0) return MMSYSERR_INVALPARAM;
  *reinterpret_cast<LPDWORD>(id_address) = device_count(direction) > 0 ? 0 : WAVE_MAPPER;
  *reinterpret_cast<LPDWORD>(flags_address) = 0;
  return MMSYSERR_NOERROR;
}

}  // namespace

MMRESULT send_to_stream(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                        DWORD_PTR parameter2) {
  const auto stream = streams(direction).find(handle);
  return stream ? send(*stream, message, parameter1, parameter2)
                : send_to_system(direction, handle, message, parameter1, parameter2);
}

MMRESULT send_to_stream_or_device(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                                  DWORD_PTR parameter2) {
  return is_device_id(reinterpret_cast<DWORD_PTR>(handle))
             ? send_to_device(direction, handle, message, parameter1, parameter2)
             : send_to_stream(direction, handle, message, parameter1, parameter2);
}

UINT device_count(Direction direction) {
  UINT count = 0;
  without_exceptions([&] {
    count = wave_devices()->count(direction);
    return MMSYSERR_NOERROR;
  });
  return count;
}

MMRESULT open_stream(Direction direction, HWAVE* handle, const OpenCall& call) {
  if (const MMRESULT result = check(handle, call); result != MMSYSERR_NOERROR) return result;
  return without_exceptions([&] {
    const MMRESULT result = open_here(direction, handle, call);
    const bool may_convert = (call.flags & WAVE_FORMAT_DIRECT) == 0;
    const bool is_mapped = is_mapper(call.id) || (call.flags & WAVE_MAPPED) != 0;
    if (result != static_cast<MMRESULT>(WAVERR_BADFORMAT) || !is_mapped || !may_convert) return result;
    return open_in_system(direction, handle, call);
  });
}

MMRESULT close_stream(Direction direction, HWAVE handle) {
  const auto stream = streams(direction).find(handle);
  if (!stream) return send_to_system(direction, handle, messages(direction).close);
  if (stream->closing.exchange(true)) return MMSYSERR_INVALHANDLE;
  const MMRESULT result = send(*stream, messages(direction).close, 0, 0);
  if (result == MMSYSERR_NOERROR) {
    streams(direction).remove(handle);
  } else {
    stream->closing = false;
  }
  return result;
}

MMRESULT prepare_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size) {
  const MMRESULT result = send_header(direction, handle, messages(direction).prepare, header, size);
  if (result != MMSYSERR_NOTSUPPORTED) return result;
  const auto flags = flags_of(header);
  if ((flags.load() & (WHDR_PREPARED | WHDR_INQUEUE)) != 0) return MMSYSERR_NOERROR;
  flags.fetch_and(static_cast<BYTE>(~WHDR_DONE));
  flags.fetch_or(WHDR_PREPARED);
  return MMSYSERR_NOERROR;
}

MMRESULT unprepare_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size) {
  const MMRESULT result = send_header(direction, handle, messages(direction).unprepare, header, size);
  if (result != MMSYSERR_NOTSUPPORTED) return result;
  const auto flags = flags_of(header);
  if ((flags.load() & WHDR_INQUEUE) != 0) return WAVERR_STILLPLAYING;
  flags.fetch_and(static_cast<BYTE>(~WHDR_PREPARED));
  return MMSYSERR_NOERROR;
}

MMRESULT queue_header(Direction direction, HWAVE handle, LPWAVEHDR header, UINT size) {
  return send_header(direction, handle, messages(direction).queue, header, size);
}

MMRESULT stream_id(Direction direction, HWAVE handle, LPUINT id) {
  if (id == nullptr) return MMSYSERR_INVALPARAM;
  const auto stream = streams(direction).find(handle);
  if (!stream) return id_in_system(direction, handle, id);
  *id = stream->device.id;
  return MMSYSERR_NOERROR;
}

MMRESULT device_capabilities(Direction direction, UINT_PTR id, void* capabilities, UINT size) {
  if (size == 0) return MMSYSERR_NOERROR;
  if (capabilities == nullptr) return MMSYSERR_INVALPARAM;
  return send_to_stream_or_device(direction, reinterpret_cast<HWAVE>(id), messages(direction).capabilities,
                                  reinterpret_cast<DWORD_PTR>(capabilities), size);
}

MMRESULT send_any_message(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                          DWORD_PTR parameter2) {
  if (is_in_system(direction, handle))
    return system_wave()->message(direction, handle, message, parameter1, parameter2);
  if (message == DRVM_MAPPER_PREFERRED_GET) return preferred_device(direction, parameter1, parameter2);
  if (message == DRV_QUERYMAPPABLE) return MMSYSERR_NOERROR;
  return send_to_stream_or_device(direction, handle, message, parameter1, parameter2);
}

void forget_streams() {
  streams(Direction::output).clear();
  streams(Direction::input).clear();
}

}  // namespace refwave::host

void WINAPI winmm_host_unload_wave_drivers() {
  refwave::host::forget_streams();
  refwave::host::unload_wave_devices();
}
