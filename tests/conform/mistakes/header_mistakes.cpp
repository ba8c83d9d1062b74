// Mistakes with one header: PREPARE, UNPREPARE, WRITE and ADDBUFFER.

#include "tests/conform/mistakes/mistake.h"

namespace refwave::conform {
namespace {

constexpr DWORD kEndless = 0xFFFFFFFF;

/// Effects: `message`, and then these flags are cleared, if it succeeded.
DWORD forward_and_clear(const Call& call, UINT message, BYTE flags) {
  const DWORD result = forward(call);
  if (call.message == message && result == MMSYSERR_NOERROR)
    flags_of(call.header()) &= static_cast<BYTE>(~flags);
  return result;
}

constexpr Mistake kHeaderMistakes[] = {
    {.name = "careless_preparing",
     .breaks = "WODM_PREPARE.again WIDM_PREPARE.again WODM_UNPREPARE.clears_prepared "
               "WIDM_UNPREPARE.clears_prepared WODM_UNPREPARE.unprepared WIDM_UNPREPARE.unprepared",
     .call = [](Call call) -> DWORD {
       const bool prepares = call.message == WODM_PREPARE || call.message == WODM_UNPREPARE;
       const bool refused = call.has_header(WODM_UNPREPARE) && (flags_of(call.header()) & WHDR_PREPARED) == 0;
       const DWORD result = prepares ? forward_and_clear(call, call.message, WHDR_DONE) : forward(call);
       return refused && result == MMSYSERR_NOERROR ? WAVERR_UNPREPARED : result;
     }},
    {.name = "clears_in_queue_at_once",
     .breaks = "WODM_WRITE.in_queue WODM_WRITE.queued WODM_UNPREPARE.queued WODM_CLOSE.still_playing "
               "WIDM_ADDBUFFER.in_queue WIDM_ADDBUFFER.queued WIDM_UNPREPARE.queued WIDM_CLOSE.still_playing "
               "WIDM_STOP.no_data WIDM_STOP.returns_current",
     .call = [](Call call) -> DWORD { return forward_and_clear(call, WODM_WRITE, WHDR_INQUEUE); }},
    {.name = "headers_of_any_size",
     .breaks = "WODM_WRITE.no_header WIDM_ADDBUFFER.no_header",
     .call = [](Call call) -> DWORD {
       if (call.message == WODM_PREPARE && call.first != 0) call.second = sizeof(WAVEHDR);
       return forward(call);
     }},
    {.name = "takes_a_header_without_data",
     .breaks = "WODM_WRITE.no_data WIDM_ADDBUFFER.no_data",
     .call = [](Call call) -> DWORD {
       const bool has_none = call.has_header(WODM_WRITE) && call.header()->lpData == nullptr;
       return has_none ? pardoned(call, WAVERR_UNPREPARED) : forward(call);
     }},
    {.name = "wants_its_own_preparation",
     .breaks = "WODM_WRITE.hosts_flags WIDM_ADDBUFFER.hosts_flags",
     .call = [](Call call) -> DWORD {
       if (call.has_header(WODM_PREPARE)) call.header()->reserved = 1;
       if (!call.has_header(WODM_WRITE) || call.header()->reserved == 1) return forward(call);
       WAVEHDR refused = *call.header();
       refused.lpData = nullptr;
       call.first = reinterpret_cast<DWORD_PTR>(&refused);
       return forward(call);
     }},
    {.name = "wants_an_aligned_header_and_its_dwUser",
     .breaks = "WODM_WRITE.any_address WIDM_ADDBUFFER.any_address WODM_WRITE.other_fields "
               "WIDM_ADDBUFFER.other_fields",
     .call = [](Call call) -> DWORD {
       if (!call.has_header(WODM_WRITE)) return forward(call);
       if (call.first % alignof(DWORD_PTR) != 0) return MMSYSERR_INVALPARAM;
       call.header()->dwUser = 0;
       return forward(call);
     }},
    {.name = "leaves_bytes_recorded",
     .breaks = "WIDM_ADDBUFFER.bytes_recorded WIDM_RESET.flags",
     .call = [](Call call) -> DWORD {
       const bool is_buffer = call.input && call.has_header(WODM_WRITE);
       const DWORD before = is_buffer ? call.header()->dwBytesRecorded : 0;
       const DWORD result = forward(call);
       if (before != 0 && result == MMSYSERR_NOERROR) call.header()->dwBytesRecorded = before;
       return result;
     }},
    // A block of a fifth of a second comes after one frame.
    {.name = "buffers_come_back_early",
     .breaks = "WODM_WRITE.own_time WIDM_ADDBUFFER.own_time",
     .call = [](Call call) -> DWORD {
       if (!call.has_header(WODM_WRITE)) return forward(call);
       const DWORD bytes = call.header()->dwBufferLength;
       if (bytes == 38'400) call.header()->dwBufferLength = 4;
       const DWORD result = forward(call);
       call.header()->dwBufferLength = bytes;
       return result;
     },
     .clock = 1},
    {.name = "writes_one_byte_more",
     .breaks = "WIM_DATA.inside_buffer",
     .call = [](Call call) -> DWORD {
       if (call.input && call.has_header(WODM_WRITE) && call.header()->lpData != nullptr)
         call.header()->lpData[call.header()->dwBufferLength] = 0;
       return forward(call);
     }},
    {.name = "an_endless_loop_is_done_early_or_never",
     .breaks = "WHDR_BEGINLOOP.last_pass WHDR_BEGINLOOP.no_length",
     .call = [](Call call) -> DWORD {
       const DWORD result = forward(call);
       if (!call.input && result == MMSYSERR_NOERROR && call.has_header(WODM_WRITE) &&
           (flags_of(call.header()) & WHDR_BEGINLOOP) != 0 && call.header()->dwLoops == kEndless)
         flags_of(call.header()) |= WHDR_DONE;
       return result;
     },
     .on_message = [](const Message& message) -> void {
       if (!message.is_done() || message.header().dwBufferLength != 0 || message.header().dwLoops != kEndless)
         forward(message);
     }},
};

}  // namespace

std::span<const Mistake> header_mistakes() { return kHeaderMistakes; }

}  // namespace refwave::conform
