#include "tests/conform/explain/advice.h"

#include <algorithm>
#include <iterator>

#include "driver/cli/console/letters.h"
#include "tests/conform/explain/choice.h"

namespace refwave::conform {
namespace {

constexpr std::string_view kClientsCall =
    "Clients call the driver from inside their callback, although the documents advise against it.";
constexpr std::string_view kOwnThread =
    "A close waits for the stream's thread, and runs on that very thread.";
constexpr std::string_view kNestedClose = "driver/control/close_protocol.cpp, finish_nested_close";
constexpr std::string_view kFormatsTried =
    "Programs try formats until one is taken, and rely on WAVERR_BADFORMAT for the others.";
constexpr std::string_view kParser = "driver/winmm/wave_format.cpp, parse_wave_format";
constexpr std::string_view kGames = "Games play engines and music as loops of one or many headers.";

/// The first match counts, so the advice for single rules comes before the advice for their group.
constexpr Advice kAdvice[] = {
    {"*.starts_nothing", "winmm loads every driver that is registered, also into programs that never play.",
     "A thread, a device or a file is opened in DllMain or in DRV_LOAD. Open it with the first stream."},
    {"*.ends_threads",
     "After DRV_FREE the driver's code is unmapped, and a thread inside it crashes the program.",
     "A worker is told to end, but nobody waits for its end."},
    {"DRV_FREE.no_thread",
     "After DRV_FREE the driver's code is unmapped, and a thread inside it crashes the program.",
     "A worker is told to end, but nobody waits for its end."},
    {"*.pointer_width", "Programs of 64 bits have memory above 4 GB, and headers and instances lie there.",
     "dwInstance, dwUser or a header's address is kept in a DWORD. Keep DWORD_PTR."},
    {"*.random_handle",
     "Programs use handles after they were closed, and other programs' memory is no stream.",
     "The handle is a pointer and is followed before it is looked up. Look it up in a table."},
    {"*.closed_handle",
     "Programs use handles after they were closed, and other programs' memory is no stream.",
     "The handle is a pointer and is followed before it is looked up. Look it up in a table."},
    {"*.not_inside_*", "A program that holds a lock while it writes waits for itself in its callback.",
     "A block that is done at once is told from inside the call. Leave the telling to another thread."},
    {"*.once_in_order", "Programs count messages, and take the n-th message for the n-th header.",
     "Two threads tell of blocks, or a reset returns headers that are already on their way."},
    {"*.sixteen_bytes", "A PCMWAVEFORMAT has 16 bytes, and old programs end their memory there.",
     "cbSize is read for WAVE_FORMAT_PCM, too. It is there for other tags only."},
    {"*.hosts_flags", "winmm and the program keep flags of their own in dwFlags.",
     "dwFlags is assigned. Set and clear single bits."},
    {"*.any_address",
     "Windows declares WAVEHDR without alignment, and a program's may follow a byte of its own.",
     "The address is refused, or a flag is changed by an instruction that needs an aligned one."},
    {"*.other_fields", "dwUser, lpNext and reserved belong to the program and to winmm.",
     "lpNext or reserved of a header that is done still holds the driver's own list."},
    {"*.modulo", "A stream that plays for a day passes 32 bits, and programs subtract positions.",
     "The position is clamped or becomes negative where 32 bits end. Let it wrap."},
    {"*.bad_target", "Programs pass structures that are too short or null.",
     "The size in dwParam2 is not looked at before the structure is written."},
    {"*.blocked_callback", "One client's callback may take long, or never return.",
     "A close waits for the callback, however long it takes.",
     "driver/control/close_protocol.cpp, wait_for_holder"},
    {"*.blocked_*", "One client's callback may take long, and the others' sound must go on.",
     "A lock is held while the client is called."},
    {"*.may_reset", kClientsCall, "A reset waits for the callback that it is called in."},
    {"*.may_close", kClientsCall, kOwnThread, kNestedClose},
    {"*.may_close_at_end", kClientsCall, kOwnThread, kNestedClose},
    {"*.may_follow", kClientsCall, kOwnThread, kNestedClose},
    {"W?M_*.flags", "Programs look at the flags inside the callback, and write or free the header there.",
     "A header is flagged after its client was told of it."},
    {"*.played", "Programs synchronize pictures with the position.",
     "What was written is counted, and not what was played."},
    {"*.pcm_and_float", kFormatsTried, "Only 8 and 16 bits are taken.", kParser},
    {"*.extensible", kFormatsTried, "Only WAVE_FORMAT_PCM is taken.", kParser},
    {"*_GETPOS.formats", "Programs play what their files have, and synchronize pictures with the position.",
     "A format is not taken, or its frames have another size than nBlockAlign.", kParser},
    {"*.loops", kGames, "A loop goes on after the reset, or its flags are not looked at.",
     "driver/core/stream/playback_half.cpp, return_all"},
    {"DRV_DISABLE.ends_*",
     "After DRV_DISABLE the driver may be unloaded, and its clients free their headers.",
     "A queued header is left without WHDR_DONE, or a thread of the driver's goes on."},
    {"driver",
     "winmm sends these messages when it loads, enables and frees a driver, in any order and number.",
     "An answer of 0 where winmm wants 1, or a state that a second DRV_ENABLE or DRV_OPEN begins anew."},
    {"device", "Programs look for devices and their capabilities before they open, and trust the answers.",
     "A structure is written beyond the size that the caller gave, or a device number is not checked."},
    {"open", "Every program begins with an open; many ask with WAVE_FORMAT_QUERY first.",
     "A query opens the device or calls back, or the handle is given before the open has succeeded."},
    {"format", kFormatsTried,
     "Fields that contradict each other are taken, or a format is refused for a field that does not count."},
    {"callback", "The messages are all that a program hears of its stream.",
     "dwInstance and the parameters are swapped, or a message comes before WOM_OPEN or after WOM_CLOSE."},
    {"header", "The flags of a header say who owns its memory; a mistake frees memory that is being played.",
     "WHDR_INQUEUE is cleared too early, or WHDR_DONE is set while the header is still in a list."},
    {"queue", "Players keep a few blocks in flight and time themselves by their return.",
     "Blocks are returned when they were copied instead of when they were played, or an empty one never."},
    {"reset", "Programs free their blocks as soon as waveOutReset returns.",
     "The reset only marks the blocks, and a thread returns them later; or the position is kept."},
    {"close", "After a close the program frees everything that the stream knew.",
     "The close succeeds while blocks are queued, or a message comes after WOM_CLOSE."},
    {"position", "Programs synchronize pictures with the position.",
     "Bytes and samples are mixed up, or the position is that of what was written and not of what was "
     "played."},
    {"loop", kGames,
     "The flags of loops are not looked at, dwLoops is taken for repetitions instead of passes, or a break "
     "leaves the middle of a pass."},
    {"volume", "A program's own volume must not change the others'.",
     "The volume is kept for the device where a stream was meant, or is lost at the next open."},
    {"input", "Recorders trust dwBytesRecorded, and get the last part by WIDM_STOP.",
     "dwBytesRecorded is left as it was, or WIDM_STOP returns all buffers instead of the current one."},
    {"client", kClientsCall,
     "A lock is held while the client is called, and the call inside takes it again."},
    {"crowd", "Programs open many streams from many threads at once.",
     "State is shared by all streams without a lock, or two locks are taken in both orders."},
    {"statistics", "refwave's own tools read these figures.",
     "A counter belongs to the driver instead of the stream."},
};

}  // namespace

const Advice& advice_on(const Rule& rule) {
  const auto found =
      std::ranges::find_if(kAdvice, [&](const Advice& advice) { return means(advice.pattern, rule); });
  return found == std::end(kAdvice) ? kAdvice[std::size(kAdvice) - 1] : *found;
}

std::string explanation(const Rule& rule, std::size_t columns) {
  const Message& message = message_of(rule);
  const Advice& advice = advice_on(rule);
  std::string text = std::string(rule.id) + '\n';
  const auto item = [&](const char* name, std::string_view what) {
    constexpr std::size_t kIndent = 4;
    text += "  " + std::string(name) + '\n' + std::string(kIndent, ' ') +
            cli::wrapped(what, columns, kIndent, kIndent);
  };
  item("the rule", std::string(rule.sentence) + (rule.is(kOurs) ? " (refwave's choice)" : ""));
  item("the page", message.document);
  item("the reason", advice.why);
  item("what usually is wrong", advice.usual);
  item("in refwave", advice.place.empty() ? std::string(message.file) + ", " + std::string(message.function)
                                          : std::string(advice.place));
  item("try it", "refwave conform DRIVER --rule " + std::string(rule.id) + " --all");
  return text;
}

}  // namespace refwave::conform
