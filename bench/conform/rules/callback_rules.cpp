// The messages OPEN, DONE or DATA, and CLOSE, to functions, windows, threads and events.
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

// --- functions ---

// --- the other types ---

void require_event(HANDLE event, std::string_view what) {
  require(eventually([&] { return WaitForSingleObject(event, 0) == WAIT_OBJECT_0; }),
          "the event is not set for " + std::string(what));
}

MSG require_message(UINT expected, const Stream& stream) {
  MSG message{};
  require(eventually([&] { return take_message(message); }), message_name(expected) + " does not come");
  require(message.message == expected,
          message_name(message.message) + " comes in place of " + message_name(expected));
  require(message.wParam == reinterpret_cast<WPARAM>(stream.handle()), "wParam is not the client's handle");
  return message;
}

void play_to_queue(Subject& subject, const Wish& wish) {
  Blocks blocks = silent_blocks(5, 480);
  Stream stream(subject, kOut, wish);
  require(require_message(WOM_OPEN, stream).lParam == 0, "lParam of WOM_OPEN is not 0");
  stream.queue(blocks);
  for (const Block& block : blocks) {
    const MSG done = require_message(WOM_DONE, stream);
    require(done.lParam == reinterpret_cast<LPARAM>(&block.header), "lParam is not the header");
  }
  stream.close();
  require(require_message(WOM_CLOSE, stream).lParam == 0, "lParam of WOM_CLOSE is not 0");
  MSG more{};
  require(!take_message(more), message_name(more.message) + " comes after WOM_CLOSE");
}

constexpr Entry kCallbackRules[] = {
    {"CALLBACK_FUNCTION.values",
     "gets 0 and 0 with OPEN and CLOSE, the header and 0 with WOM_DONE and WIM_DATA",
     [](Subject& subject) {
       for (const Direction direction : {kOut, kIn}) {
         Client client(subject, direction, 3, 480);
         client.run();
         require_ok(client.stream.close(), "CLOSE");
         for (const Note& note : client.diary.all()) {
           const bool has_header = note.message == messages_of(direction).done;
           require(has_header == (note.first != 0),
                   message_name(note.message) + " came with parameter 1 = " + std::to_string(note.first));
           require(note.second == 0,
                   message_name(note.message) + " came with parameter 2 = " + std::to_string(note.second));
         }
       }
     }},
    {"CALLBACK_FUNCTION.device", "gets WAVEOPENDESC.hWave as hDevice, not the driver's own handle",
     [](Subject& subject) {
       for (const Direction direction : {kOut, kIn}) {
         Client client(subject, direction, 3, 480);
         const auto handle = reinterpret_cast<HDRVR>(client.stream.handle());
         client.run();
         client.stream.close();
         for (const Note& note : client.diary.all())
           require(note.device == handle,
                   message_name(note.message) + " came with another hDevice than WAVEOPENDESC.hWave");
       }
     }},
    {"CALLBACK_EVENT.set", "is set for OPEN, DONE and CLOSE alike",
     [](Subject& subject) {
       const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
       Block block(480 * kFrameBytes);
       Stream stream(subject, kOut, {reinterpret_cast<DWORD_PTR>(event), 0, CALLBACK_EVENT});
       require_event(event, "WOM_OPEN");
       require(WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "the event is set with nothing done");
       stream.queue(block);
       require_event(event, "WOM_DONE");
       require(block.done(), "the event is set before DONE is");
       stream.close();
       require_event(event, "WOM_CLOSE");
       CloseHandle(event);
     }},
    {"CALLBACK_WINDOW.posted", "gets OPEN, DONE and CLOSE with the client's handle and the header",
     [](Subject& subject) {
       play_to_queue(subject, {reinterpret_cast<DWORD_PTR>(create_window()), 0, CALLBACK_WINDOW});
     }},
    {"CALLBACK_WINDOW.gone", "a window that no longer exists does not affect the headers",
     [](Subject& subject) {
       const HWND window = create_window();
       Blocks blocks = silent_blocks(4, 480);
       Stream stream(subject, kOut, {reinterpret_cast<DWORD_PTR>(window), 0, CALLBACK_WINDOW});
       destroy_window(window);
       stream.queue(blocks);
       need_done(blocks, " though its message had no window");
       require_ok(stream.close(), "CLOSE");
     }},
    {"CALLBACK_THREAD.posted", "gets OPEN, DONE and CLOSE with the client's handle and the header",
     [](Subject& subject) {
       make_queue();
       play_to_queue(subject, {GetCurrentThreadId(), 0, CALLBACK_THREAD});
     }},
    {"CALLBACK_THREAD.full_queue", "a message that does not fit in the queue does not affect its header",
     [](Subject& subject) {
       if (!bound_queue(1)) not_applicable("a thread's queue has no bound here");
       Blocks blocks = silent_blocks(4, 480);
       Stream stream(subject, kOut, {GetCurrentThreadId(), 0, CALLBACK_THREAD});
       stream.queue(blocks);
       need_done(blocks, " though its message found no room");
       require(!blocks.front().queued(), "INQUEUE is still set");
       require_ok(stream.close(), "CLOSE");
     }},
    {"CALLBACK_NULL.silent", "calls nothing, whatever dwCallback is",
     [](Subject& subject) {
       Diary diary;
       Wish wish = to(diary);
       wish.flags = CALLBACK_NULL;
       Block block(480 * kFrameBytes);
       Stream stream(subject, kOut, wish);
       stream.queue(block);
       require(eventually([&] { return block.done(); }), "the header is not DONE");
       stream.close();
       require(diary.size() == 0, "what lies in dwCallback was called");
     }},
    {"CALLBACK_NULL.zero_callback", "a callback of 0, of any type, counts as this",
     [](Subject& subject) {
       for (const DWORD type : std::initializer_list<DWORD>{CALLBACK_FUNCTION, CALLBACK_EVENT,
                                                            CALLBACK_WINDOW, CALLBACK_THREAD}) {
         Block block(480 * kFrameBytes);
         Stream stream(subject, kOut, {0, 0, type});
         stream.queue(block);
         require(eventually([&] { return block.done(); }), "the header is not DONE");
         require_ok(stream.close(), "CLOSE");
       }
     }},
    {"WOM_OPEN.first", "WIM_OPEN.first", "comes once, on the opening thread, before OPEN returns",
     [](Subject& subject, Direction direction) {
       Diary diary;
       const Stream stream(subject, direction, diary);
       const std::vector<Note> notes = diary.all();
       require(!notes.empty(), "OPEN has returned and no message came");
       require(notes[0].message == messages_of(direction).opened,
               message_name(notes[0].message) + " came first");
       require(notes[0].thread == GetCurrentThreadId(), "it came on another thread");
       require(notes.size() == 1, "more than one message came");
     }},
    {"WOM_OPEN.not_for_a_query", "WIM_OPEN.not_for_a_query",
     "does not come for WAVE_FORMAT_QUERY, nor for an OPEN that is refused",
     [](Subject& subject, Direction direction) {
       subject.need_device(direction);
       Diary diary;
       WAVEFORMATEX format = usual_format();
       WAVEOPENDESC description{};
       description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
       description.dwCallback = to(diary).callback;
       description.dwInstance = to(diary).instance;
       DWORD_PTR user = 0;
       const auto open = [&](DWORD flags) {
         return subject.ask(direction, messages_of(direction).open, reinterpret_cast<DWORD_PTR>(&user),
                            reinterpret_cast<DWORD_PTR>(&description), CALLBACK_FUNCTION | flags);
       };
       open(WAVE_FORMAT_QUERY);
       require(diary.size() == 0, "a message came");
       format.nChannels = 0;
       require_result(open(0), WAVERR_BADFORMAT, "OPEN of no channels");
       require(diary.size() == 0, "a message came for an OPEN that was refused");
     }},
    {"WOM_DONE.once_in_order", "WIM_DATA.once_in_order",
     "comes once for each header, in the order in which they were queued",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction,
                     silent_blocks({1, 2, 3, 127, 131, 257, 509, 1, 1, 1, 1021, 5, 7, 2053, 11, 13, 777}));
       client.run();
       client.stream.close();
       client.diary.need_in_order(client.blocks);
       client.diary.need_not_nested();
     }},
    {"WOM_DONE.flags", "WIM_DATA.flags", "comes when DONE is set, INQUEUE cleared and PREPARED left",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 5, 480);
       client.run();
       for (const Note& note : client.diary.all()) {
         if (note.message != messages_of(direction).done) continue;
         require((note.flags & WHDR_DONE) != 0, "DONE is not set inside the callback");
         require((note.flags & WHDR_INQUEUE) == 0, "INQUEUE is still set inside the callback");
         require((note.flags & WHDR_PREPARED) != 0, "PREPARED is not set any more inside the callback");
       }
     }},
    {"WOM_DONE.not_inside_write", "WIM_DATA.not_inside_addbuffer",
     "never comes from inside WRITE or ADDBUFFER",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 50, 60);
       if (direction == kIn) client.stream.start();
       client.queue();
       client.need_all();
       for (const Note& note : client.diary.all())
         require(!note.during_queue, "it came inside WRITE or ADDBUFFER");
     }},
    {"WOM_CLOSE.last", "WIM_CLOSE.last", "comes on the closing thread, before CLOSE returns, and is the last",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 3, 480);
       client.run();
       DWORD closer = 0;
       std::thread([&] {
         closer = GetCurrentThreadId();
         require_ok(client.stream.close(), "CLOSE");
       }).join();
       const std::vector<Note> notes = client.diary.all();
       require(notes.back().message == messages_of(direction).closed,
               message_name(notes.back().message) + " came last");
       require(notes.back().thread == closer, "it came on another thread");
       let_pass(subject, direction, kSecond / 20);
       require(client.diary.size() == notes.size(), "a message came after it");
     }},
};

}  // namespace

std::span<const Entry> callback_rules() { return kCallbackRules; }

}  // namespace refwave::conform
