#include "bench/conform/explain/explain.h"

#include <algorithm>

namespace refwave::conform {
namespace {

constexpr std::string_view kLockIsHeld =
    "A lock is held while the client is called, and the call inside takes it again.";
constexpr std::string_view kOwnThread =
    "A close waits for the stream's thread, and runs on that very thread.";

// First what every client does: load the driver, open a stream, hear of its headers. Then threads and locks,
// whose mistakes can break any rule. A rule that few programs need comes late, because it is rarely why
// another is broken.
constexpr UsualMistake kMistakes[] = {
    // The driver is loaded.
    {"DRV_LOAD.answers_1", "DRV_LOAD is left to DefDriverProc, or is answered with a handle or a count."},

    // A stream is opened, and its client is notified.
    {"W?DM_OPEN.whole_instance", "*dwUser is written as a DWORD, or not at all."},
    {"W?M_OPEN.first",
     "OPEN is never sent, comes later from the stream's thread, or has its parameters swapped."},
    {"W?M_*.once_in_order",
     "No thread reports the headers, two threads do, or the list yields the newest header first."},
    {"W?M_*.flags", "A header is flagged after its client was notified, or dwFlags is assigned as a whole."},
    {"W?M_*.not_inside_*",
     "A header that is done immediately is reported from inside the call. Report it from another thread."},
    {"W?M_CLOSE.last", "CLOSE is never sent, or the stream's thread still reports headers after it."},
    {"CALLBACK_FUNCTION.device",
     "hDevice is the driver's own handle or dwUser. It is the hWave of WAVEOPENDESC."},
    {"CALLBACK_FUNCTION.values", "OPEN and CLOSE carry a parameter, or the second one of DONE is not 0."},
    {"CALLBACK_EVENT.set", "dwCallback is called as a function, whatever type dwFlags has."},
    {"CALLBACK_WINDOW.posted", "DriverCallback gets DCB_FUNCTION where the client gave a window."},
    {"CALLBACK_THREAD.posted", "DriverCallback gets DCB_FUNCTION where the client gave a thread."},
    {"CALLBACK_WINDOW.gone",
     "SendMessage waits for the window's answer, or a failed message is retried for ever."},
    {"CALLBACK_THREAD.full_queue",
     "A message that found no room is sent again, and the next header waits for it."},
    {"CALLBACK_NULL.silent", "dwCallback is called without checking the type in dwFlags."},
    {"CALLBACK_NULL.zero_callback", "A dwCallback of 0 is called, because its type is not CALLBACK_NULL."},

    // A reset returns what is queued.
    {"W?DM_RESET.flags", "The reset only marks the headers, and a thread returns them later."},
    {"W?DM_RESET.once_in_order",
     "A reset returns headers that are already being reported, or the queued ones before the playing one."},

    // Threads, and the end.
    {"DRV_LOAD.starts_nothing",
     "A thread is started in DllMain, by a global object or in DRV_LOAD. Start it with the first stream."},
    {"DRV_DISABLE.ends_threads", "A worker is asked to end and not joined: it is detached, or joined later."},
    {"DRV_FREE.no_thread",
     "A thread that belongs to no stream is detached, or the shutdown itself starts one."},
    {"Process.ends",
     "A thread of the driver keeps running while a global object that it uses is destroyed: a condition "
     "variable then waits for it for ever. Never destroy it."},
    {"Process.ends_playing",
     "A global object is destroyed under a stream's threads, or waits for them, which Windows has killed by "
     "then: a condition variable hangs, and std::thread aborts. Never destroy it."},

    // The driver as a module of its host.
    {"DRV_OPEN.any_string", "A null string is read, or an unknown setting fails the open."},
    {"DriverProc.pointer_width", "A parameter of DriverProc is kept in a DWORD. Keep LPARAM and DWORD_PTR."},
    {"DRV_FREE.answers_1", "DRV_FREE is left to DefDriverProc, or answers what it has freed."},
    {"w?dMessage.before_enable", "Messages are answered before DRV_ENABLE as after it."},
    {"DRV_DISABLE.twice", "The second DRV_DISABLE frees everything a second time."},
    {"DRV_ENABLE.again", "DRV_DISABLE frees what only DRV_LOAD allocates. Allocate it in DRV_ENABLE."},
    {"w?dMessage.after_disable", "DRV_DISABLE leaves a flag or a device that the messages still use."},
    {"DRV_INSTALL.answer", "DRV_INSTALL answers an error's number, where winmm wants a DRVCNF_* value."},
    {"DRV_REMOVE.answer",
     "DRV_REMOVE answers how many instances are left, where winmm wants a DRVCNF_* value."},
    {"DRV_CONFIGURE.answer", "A driver without a dialog answers DRV_CONFIGURE with MMSYSERR_NOTSUPPORTED."},
    {"DriverProc.unknown", "The default branch answers 0 or 1. Call DefDriverProc there."},

    // Messages that need no stream.
    {"DRVM_INIT.any_*device", "DRVM_INIT is refused as unknown, or for its device number."},
    {"W?DM_GETNUMDEVS.constant", "Each call enumerates the devices, on a thread that it starts."},
    {"w?dMessage.unknown", "An unknown message is answered with MMSYSERR_NOERROR."},
    {"w?dMessage.bad_device",
     "The device number is not checked, or WAVE_MAPPER is taken for the first device."},
    {"W?DM_GETDEVCAPS.cut", "The whole structure is written, whatever size the caller gave in dwParam2."},
    {"W?DM_GETDEVCAPS.null", "The pointer is not checked, or a size of 0 is taken for an error."},
    {"W?DM_GETDEVCAPS.name", "szPname is empty, or is cut without the 0 at its end."},
    {"w?dMessage.no_handle",
     "A dwUser of 0 is looked up like any other: it is a pointer, or an index that starts at 0."},
    {"w?dMessage.random_handle", "dwUser is a pointer, and is dereferenced before it is looked up."},
    {"w?dMessage.closed_handle",
     "A closed stream is kept in the table, or its dwUser is reused immediately."},
    {"w?dMessage.*put_handle", "The other direction's dwUser is found, because both share a table."},

    // The parameters of an open.
    {"W?DM_OPEN.query", "A query opens the device, or writes to *dwUser."},
    {"W?DM_OPEN.sixteen_bytes", "cbSize is read for WAVE_FORMAT_PCM, too. Only other tags have it."},
    {"W?DM_OPEN.flags", "Flags are compared with a value as a whole, or unknown ones are refused."},
    {"W?M_OPEN.not_for_a_query", "The client is notified before WAVE_FORMAT_QUERY or the format is checked."},

    // Locks.
    {"WOM_DONE.may_write", kLockIsHeld},
    {"WIM_DATA.may_add", kLockIsHeld},
    {"WOM_DONE.may_ask",
     "A lock is held while the client is called, and the pause, the restart or the question inside takes it "
     "again."},
    {"W?M_*.may_reset", "A reset waits for the callback that it is called in."},
    {"WOM_DONE.may_close_another",
     "A close waits for the thread that calls all clients, and runs on that thread."},
    {"WOM_DONE.may_open",
     "One thread keeps the time and calls the clients, or one lock is held for all, so no other stream plays "
     "while a callback runs."},
    {"Crowd.each_other", "Each stream's lock is held while its client is called, and two clients take both."},

    // A header is queued.
    {"W?DM_PREPARE.sets_prepared", "PREPARE answers NOERROR and sets no flag."},
    {"W?DM_PREPARE.again", "PREPARE clears the flags of a header that is prepared already."},
    {"W?DM_UNPREPARE.clears_prepared", "dwFlags is set to 0, and WHDR_DONE with it."},
    {"W?DM_UNPREPARE.unprepared", "A header that is not prepared is an error there, as it is in a write."},
    {"*.no_header",
     "The size in dwParam2 is not compared with that of WAVEHDR, or the pointer is not checked."},
    {"*.unprepared", "The write does not check WHDR_PREPARED."},
    {"WODM_WRITE.no_data", "lpData is not checked before the device reads from it."},
    {"WIDM_ADDBUFFER.no_data", "lpData is not checked before the device writes to it."},
    {"*.hosts_flags", "The driver prepares headers in a table of its own, and takes no others."},
    {"*.any_address",
     "The address is refused, or a flag is changed by an instruction that needs an aligned one."},
    {"*.other_fields",
     "dwUser, lpNext or reserved of a header that is done still holds the driver's own list."},
    {"*.own_time", "Headers are returned when they have been copied, not when they have been played."},
    {"WODM_PAUSE.holds", "A pause stops the sound, but not the clock that finishes the headers."},
    {"*.in_queue", "The write leaves an old WHDR_DONE, or another thread sets WHDR_INQUEUE later."},
    {"*_UNPREPARE.queued", "UNPREPARE succeeds for any header, also while the device plays it."},
    {"*.queued", "WHDR_INQUEUE is not checked, or is cleared before the header is done."},
    {"*.done", "dwFlags is assigned WHDR_DONE, so that WHDR_PREPARED is lost. Set and clear single bits."},
    {"W?DM_CLOSE.still_playing", "The close checks nothing, and ends the stream with its queue."},
    {"W?DM_CLOSE.after_reset", "The close counts headers as queued that are DONE but not yet reported."},
    {"WODM_CLOSE.delivers", "The close ends the reporting thread before it has reported every header."},
    {"DRV_DISABLE.ends_streams", "DRV_DISABLE ends the device and leaves what is queued without WHDR_DONE."},
    {"DRV_DISABLE.tells", "DRV_DISABLE frees the streams without notifying their clients."},
    {"DRV_DISABLE.inside", "DRV_DISABLE waits for the callback that it is called in."},
    {"DRV_FREE.without_disable", "DRV_FREE relies on a DRV_DISABLE before it."},
    {"DRV_CLOSE.one_instance", "DRV_CLOSE does what DRV_DISABLE does, though another instance is open."},
    {"DRV_POWER.loses_nothing", "DRV_POWER resets the device and loses its queued headers."},
    {"DRV_ENABLE.answers_1", "A second DRV_ENABLE or DRV_DISABLE is answered as an error."},
    {"DRV_ENABLE.starts_nothing",
     "DRV_ENABLE or a query starts the driver's thread. Start it with the first stream."},

    // The position.
    {"W?DM_GETPOS.bad_target", "The size in dwParam2 is not checked before the MMTIME is written."},
    {"W?DM_GETPOS.other_types", "An unsupported type is refused, or keeps its wType."},
    {"W?DM_GETPOS.zero_at_open",
     "A latency is added to what was played, or the count continues from the last stream."},
    {"W?DM_GETPOS.types", "TIME_SAMPLES is answered in bytes, or wType is left as it was for other units."},
    {"WODM_GETPOS.played", "What was written is counted, not what was played."},
    {"WIDM_GETPOS.recorded", "The device's frames are counted, not those in the returned buffers."},
    {"WIDM_GETPOS.no_buffer", "The position comes from the clock, which runs without a buffer, too."},
    {"WODM_GETPOS.exact",
     "A latency is added or left out, or the clock is not corrected where a header ends."},
    {"WODM_GETPOS.rates", "Milliseconds are counted, or the device's frames, and rounded at each header."},
    {"WODM_GETPOS.when_notified", "The client is notified before the header's frames are counted."},
    {"W?DM_GETPOS.monotonic", "The clock counts frames of the next header before that header begins."},
    {"WODM_GETPOS.modulo", "The position is clamped or becomes negative where 32 bits end. Let it wrap."},

    // Many headers, and what follows a reset.
    {"WODM_WRITE.many",
     "A ring of headers has a bound, and what finds no room is refused or overtakes the others."},
    {"WODM_WRITE.after_running_dry", "The clock of the headers runs on while nothing is queued."},
    {"WODM_WRITE.empty", "An empty header is reported immediately, ahead of earlier ones, or never."},
    {"WODM_WRITE.broken_frames", "A header's bytes are counted, not its whole frames."},
    {"WODM_PAUSE.keeps_queue", "A second pause is an error, or pause and restart are counted."},
    {"WODM_RESTART.plays",
     "The first write starts the device though the stream is paused, or the restart does not."},
    {"WODM_RESET.again",
     "A reset and a thread report the same header, or a header that is written again meets its old list "
     "entry."},
    {"WODM_RESET.position", "A reset leaves the count of what was played."},
    {"WODM_RESET.not_paused", "A reset leaves the stream paused."},
    {"WODM_RESET.told_before", "A reset leaves the reports to a thread, and returns before they are made."},
    {"WODM_RESET.nothing_queued", "A reset of an empty queue is an error, or waits for a header."},
    {"WODM_RESET.later_writes", "A reset returns everything until the queue is empty, new headers too."},

    // A close inside the stream's own callback, and clients that block.
    {"W?M_*.may_close", kOwnThread},
    {"W?M_*.may_close_at_end", kOwnThread},
    {"WOM_DONE.may_follow", kOwnThread},
    {"Crowd.blocked_client", "One thread or one lock serves all clients' callbacks."},
    {"WODM_CLOSE.blocked_callback", "A close waits for the callback, however long it takes."},

    // Threads of several clients.
    {"Crowd.writers", "Two writes change the list of headers at the same time, without a lock."},
    {"Crowd.reset", "A reset and a write change the list at the same time, and a header is lost."},
    {"Crowd.readers", "The parts of a position are read one by one while the device changes them."},
    {"Crowd.resume", "Enumerating the devices again drops the streams' headers."},
    {"Crowd.outputs", "The number of streams, threads or device handles is fixed."},
    {"Crowd.inputs", "A second recording waits for the first one, or takes its sound."},
    {"Crowd.lives", "Each load leaks a thread, a file or a handle past DRV_FREE."},

    // Recording.
    {"WIDM_ADDBUFFER.bytes_recorded", "dwBytesRecorded is left as it was until the buffer is full."},
    {"WIDM_ADDBUFFER.broken_frames", "The last bytes of a buffer are filled with a part of a frame."},
    {"WIDM_START.records", "The device fills buffers as soon as it has one, started or not."},
    {"WIDM_START.again", "A second start or stop is an error."},
    {"WIDM_START.after_stop", "A stop returns all buffers, so that the next start has none."},
    {"WIM_DATA.bytes_recorded",
     "dwBytesRecorded is set after the client was notified, or is dwBufferLength."},
    {"WIM_DATA.inside_buffer", "A whole period of the device is copied, however short the buffer is."},
    {"WIDM_STOP.returns_current",
     "A stop keeps the buffer that is partly full until the next start fills it."},
    {"WIDM_STOP.no_data", "A stop always returns a buffer, even an empty one."},
    {"WIDM_RESET.stops_at_zero", "A reset returns the buffers and keeps recording."},

    // Formats.
    {"*.support", "dwSupport claims volume, pitch or rate, whose messages answer MMSYSERR_NOTSUPPORTED."},
    {"*_GETDEVCAPS.formats", "dwFormats claims all bits, or those of another device."},
    {"*_OPEN.bad_format", "A rate, channels or bits of 0 are divided by before they are checked."},
    {"*_OPEN.unknown_tag",
     "wFormatTag is not checked, or only the first bytes of the SubFormat are compared."},
    {"*_OPEN.block_align",
     "nBlockAlign is computed from the other fields, and the client's is not compared."},
    {"*_OPEN.bytes_a_second", "nAvgBytesPerSec is compared, or divided by."},
    {"*_OPEN.cb_size", "A cbSize that is not 0 makes a WAVE_FORMAT_PCM another format."},
    {"*_OPEN.out_of_range", "The format is checked by its layout, and not for what the device can play."},
    {"*_OPEN.pcm_and_float", "Only 8 and 16 bits are taken."},
    {"*_OPEN.extensible", "Only WAVE_FORMAT_PCM is taken."},
    {"*_OPEN.extensible_sense", "wValidBitsPerSample and the size of the structure are not checked."},
    {"WODM_GETPOS.formats", "A format is not taken, or its frames have another size than nBlockAlign."},

    // Loops.
    {"WHDR_BEGINLOOP.one_header", "WHDR_BEGINLOOP and WHDR_ENDLOOP of a single header are ignored."},
    {"WHDR_BEGINLOOP.many_headers",
     "The loop returns to the header that ends it, not to the one that begins it."},
    {"WHDR_BEGINLOOP.zero", "dwLoops is counted down from 0, so the loop is endless."},
    {"WHDR_BEGINLOOP.last_pass", "Each header is done after its first pass, while the loop still plays it."},
    {"WHDR_BEGINLOOP.endless", "A dwLoops of 0xFFFFFFFF is a negative number, and no pass is played."},
    {"WHDR_BEGINLOOP.odd",
     "The driver waits for the end of a loop that never began, or searches the whole list for it."},
    {"WHDR_BEGINLOOP.half", "A beginning without an end repeats what happens to be queued."},
    {"WHDR_BEGINLOOP.no_length", "A loop of no frames is repeated in a loop that never waits."},
    {"WODM_BREAKLOOP.ends_pass", "A break jumps out in the middle of a pass."},
    {"WODM_BREAKLOOP.no_loop", "A break where nothing loops is an error, or is kept for the next loop."},
    {"WODM_RESET.loops", "A loop survives the reset, or its flags are ignored."},

    // Volume, pitch and rate.
    {"WODM_SETVOLUME.answered", "The volume is rounded to the device's steps, and that is answered."},
    {"WODM_SETVOLUME.own", "The volume is kept for the device where a stream was meant."},
    {"WODM_SETVOLUME.device", "The device's volume is lost with its last stream, or needs an open one."},
    {"WODM_SETVOLUME.full_at_open", "A new stream begins with the device's volume, which counts twice then."},
    {"WODM_SETVOLUME.refused", "A dwUser of no stream sets the device's volume."},
    {"WODM_SETP*.both_or_none", "Only one of SET and GET is there, or 0 is taken."},
    {"WODM_SETP*.answered", "GET answers what was refused, or a rounded value."},
    {"WODM_SETP*.own", "The value belongs to the device, and a new stream begins with the last one's."},
    {"WODM_SETPITCH.duration", "The pitch is made by playing faster, which changes the duration."},
    {"WODM_SETPLAYBACKRATE.faster",
     "The rate is kept and never used, or the position counts the device's frames."},
    {"WODM_SETP*.kept", "A pause or a reset sets it back to 1."},
    {"WODM_SETP*.range", "The value is not compared with a range before it is used."},
    {"WODM_SETP*.refused", "GET writes to its pointer before it looks for the stream."},

    {"DRV_OPEN.identifies_each", "DRV_OPEN answers 0, or the same constant for each instance."},

    // Any of the mistakes above may break these.
    {"W?DM_GETNUMDEVS.quick", "Each call enumerates the sound system's devices. Keep the count."},
    {"Crowd.waveOut",
     "waveOut asks for the capabilities first, sets flags of its own and passes a handle of its own."},
    {"Crowd.waveIn", "waveIn prepares its headers itself, and asks for the capabilities before it opens."},
    {"REFWAVE_GET_STATISTICS.counts", "A message is counted when it is queued, or in one of two places."},
    {"REFWAVE_GET_STATISTICS.sums", "The counters belong to the stream and are lost with it."},
    {"REFWAVE_GET_STATISTICS.short", "The whole structure is written, whatever cbSize is."},
    {"REFWAVE_GET_STATISTICS.no_client", "A stream without a client counts its messages as undelivered."},
    {"REFWAVE_GET_STATISTICS.gone_window", "DriverCallback's result is ignored for windows."},
    {"REFWAVE_GET_STATISTICS.full_queue", "DriverCallback's result is ignored for threads."},
};

}  // namespace

std::span<const UsualMistake> usual_mistakes() { return kMistakes; }

const UsualMistake& usual_mistake_of(const Rule& rule) {
  return *std::ranges::find_if(kMistakes,
                               [&](const UsualMistake& each) { return matches(each.pattern, rule.id); });
}

const Rule& first_to_fix(const std::vector<Rule>& broken) {
  return *std::ranges::min_element(broken, {}, [](const Rule& rule) { return &usual_mistake_of(rule); });
}

std::string fix_first(const Rule& first, const Finding& finding, std::size_t others) {
  std::string text = "fix first: " + std::string(first.id);
  const bool has_crashed = finding.ending == Ending::crashed;
  if (has_crashed || finding.ending == Ending::hung) text += ", which " + finding.seen;
  if (others > 0) {
    text += "; " + std::to_string(others) + (others == 1 ? " other" : " others");
    text += has_crashed   ? " crashed, too"
            : others == 1 ? " has the same usual mistake"
                          : " have the same usual mistake";
  }
  // It says what a client sees of the mistake. The place of a crash or a hang says more.
  if (has_crashed || finding.seen.starts_with("hung: ")) return text;
  return text + ". The usual mistake: " + std::string(usual_mistake_of(first).text);
}

}  // namespace refwave::conform
