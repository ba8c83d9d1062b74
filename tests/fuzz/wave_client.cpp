#include "tests/fuzz/wave_client.h"

#include <algorithm>

namespace refwave::fuzz {

void Written::renew(std::size_t length) {
  header = std::make_unique<WAVEHDR>();
  data = std::make_unique<char[]>(length);
  header->lpData = data.get();
  header->dwBufferLength = static_cast<DWORD>(length);
}

void Place::open(const WAVEFORMATEX& format, DWORD flags) {
  const WAVEOPENDESC description = contract::open_description(format, &called, this);
  DWORD_PTR fresh = 0;
  was_closed = false;
  const DWORD answer =
      (is_input ? widMessage : wodMessage)(0, either(WODM_OPEN, WIDM_OPEN), contract::address_of(&fresh),
                                           contract::address_of(&description), flags);
  const bool is_query = (flags & WAVE_FORMAT_QUERY) != 0;
  require((fresh != 0) == (answer == MMSYSERR_NOERROR && !is_query), "a handle comes with an open alone");
  if (fresh == 0) return;
  handle = fresh;
  is_open = true;
}

void Place::write(Written& block) {
  const DWORD flags = contract::flags_of(*block.header);
  ++block.accepted;  // before the write, because its message may come before the write returns
  const DWORD answer =
      send(either(WODM_WRITE, WIDM_ADDBUFFER), contract::address_of(block.header.get()), sizeof(WAVEHDR));
  if (answer != MMSYSERR_NOERROR) {
    --block.accepted;
    return;
  }
  require((flags & WHDR_PREPARED) != 0 && (flags & WHDR_INQUEUE) == 0, "only a prepared header is queued");
}

DWORD Place::close() {
  const DWORD answer = send(either(WODM_CLOSE, WIDM_CLOSE));
  if (!is_open) {
    require(answer != MMSYSERR_NOERROR, "a closed stream is not closed again");
  } else if (answer == MMSYSERR_NOERROR) {
    is_open = false;
    require(was_closed, "the message of the close has come when it returns");
  }
  return answer;
}

void Place::finish() {
  if (is_open) {
    require(send(either(WODM_RESET, WIDM_RESET)) == MMSYSERR_NOERROR, "a stream can be reset");
    require(close() == MMSYSERR_NOERROR, "a stream that was reset can be closed");
  }
  require(!told_wrongly, "a client is told of its own headers, when they are done");
  for (const Written& block : written) require(!block.is_queued(), "each header comes back once");
}

void CALLBACK Place::called(HDRVR, UINT message, DWORD_PTR place, DWORD_PTR header, DWORD_PTR) {
  reinterpret_cast<Place*>(place)->on_message(message, reinterpret_cast<const WAVEHDR*>(header));
}

void Place::on_message(UINT message, const WAVEHDR* header) {
  if (was_closed) told_wrongly = true;
  if (message == either(WOM_CLOSE, WIM_CLOSE)) was_closed = true;
  if (message != either(WOM_DONE, WIM_DATA)) return;
  const auto found =
      std::ranges::find_if(written, [&](const Written& block) { return block.header.get() == header; });
  if (found == written.end() || !found->is_queued()) {
    told_wrongly = true;
    return;
  }
  const DWORD flags = contract::flags_of(*header);
  if ((flags & WHDR_DONE) == 0 || (flags & WHDR_INQUEUE) != 0) told_wrongly = true;
  if (is_input && header->dwBytesRecorded > header->dwBufferLength) told_wrongly = true;
  ++found->told;
}

}  // namespace refwave::fuzz
