// Mistakes in OPEN.
#include <algorithm>
#include <cstring>

#include "tests/conform/mistakes/mistake.h"

namespace refwave::conform {
namespace {

bool opens(const Call& call) { return call.message == WODM_OPEN && call.first != 0; }

/// Effects: OPEN, of the format that change() makes of the client's. Any other message is forwarded.
template <class Change>
DWORD opened_as(const Call& call, Change change) {
  if (!opens(call)) return forward(call);
  WAVEOPENDESC description = *reinterpret_cast<const WAVEOPENDESC*>(call.first);
  WAVEFORMATEXTENSIBLE format{};
  const bool is_long = description.lpFormat->wFormatTag == WAVE_FORMAT_EXTENSIBLE;
  std::memcpy(&format, description.lpFormat, is_long ? sizeof(format) : sizeof(PCMWAVEFORMAT));
  change(format);
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  Call changed = call;
  changed.first = reinterpret_cast<DWORD_PTR>(&description);
  return forward(changed);
}

/// Effects: OPEN, unless refuses() says no to the format. Any other message is forwarded.
template <class Refuses>
DWORD opened_unless(const Call& call, Refuses refuses) {
  bool refused = false;
  const DWORD result = opened_as(call, [&](WAVEFORMATEXTENSIBLE& format) {
    refused = refuses(format);
    if (refused) format.Format.nChannels = 0;
  });
  return refused ? WAVERR_BADFORMAT : result;
}

std::atomic<int> streams[2];

constexpr Mistake kOpenMistakes[] = {
    {.name = "computes_the_block_align",
     .breaks = "WODM_OPEN.block_align WIDM_OPEN.block_align WODM_OPEN.bad_format WIDM_OPEN.bad_format "
               "WODM_OPEN.extensible_sense WIDM_OPEN.extensible_sense",
     .call = [](Call call) -> DWORD {
       return opened_as(call, [](WAVEFORMATEXTENSIBLE& format) {
         if (format.Format.wBitsPerSample == 12) format.Format.wBitsPerSample = 16;
         format.Format.nBlockAlign =
             static_cast<WORD>(format.Format.nChannels * format.Format.wBitsPerSample / 8);
         format.Samples.wValidBitsPerSample =
             std::min<WORD>(format.Samples.wValidBitsPerSample, format.Format.wBitsPerSample);
       });
     }},
    {.name = "wants_all_bits_valid_and_no_fast_doubles",
     .breaks = "WODM_OPEN.extensible WIDM_OPEN.extensible WODM_OPEN.pcm_and_float WIDM_OPEN.pcm_and_float",
     .call = [](Call call) -> DWORD {
       return opened_unless(call, [](const WAVEFORMATEXTENSIBLE& format) {
         const bool is_partly_valid = format.Format.wFormatTag == WAVE_FORMAT_EXTENSIBLE &&
                                      format.Samples.wValidBitsPerSample < format.Format.wBitsPerSample;
         return is_partly_valid ||
                (format.Format.wBitsPerSample == 64 && format.Format.nSamplesPerSec > 100'000);
       });
     }},
    {.name = "careless_flags",
     .breaks = "WODM_OPEN.flags WIDM_OPEN.flags WODM_OPEN.query WIDM_OPEN.query",
     .call = [](Call call) -> DWORD {
       if (!opens(call)) return forward(call);
       if ((call.second & WAVE_FORMAT_QUERY) != 0 && call.user != 0)
         *reinterpret_cast<DWORD_PTR*>(call.user) = 0;
       return (call.second & 0xFF000000) != 0 ? MMSYSERR_INVALFLAG : forward(call);
     }},
    {.name = "thirty_two_streams_at_most",
     .breaks = "Crowd.outputs Crowd.inputs",
     .call = [](Call call) -> DWORD {
       std::atomic<int>& open = streams[call.input ? 1 : 0];
       if (opens(call) && open >= 32) return DWORD{MMSYSERR_ALLOCATED};
       const DWORD result = forward(call);
       if (result != MMSYSERR_NOERROR) return result;
       if (opens(call) && (call.second & WAVE_FORMAT_QUERY) == 0) ++open;
       if (call.message == WODM_CLOSE) --open;
       return result;
     }},
};

}  // namespace

std::span<const Mistake> open_mistakes() { return kOpenMistakes; }

}  // namespace refwave::conform
