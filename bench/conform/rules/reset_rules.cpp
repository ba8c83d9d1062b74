// WODM_RESET, and CLOSE.
#include <atomic>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr Entry kResetRules[] = {
    {"WODM_RESET.flags", "every queued header is DONE and not INQUEUE when it returns",
     [](Subject& subject) {
       Client client(subject, kOut, 300, 480);
       client.stream.pause();
       client.queue();
       client.stream.reset();
       for (const Block& block : client.blocks) {
         require(!block.queued(), "a header is still INQUEUE when it returns");
         require(block.done(), "a header is not DONE when it returns");
       }
     }},
    {"WODM_RESET.once_in_order", "each header is reported once, in order",
     [](Subject& subject) {
       Client client(subject, kOut, 2'000, 480);
       client.stream.queue_at_once(client.blocks);
       client.diary.need_done(3);
       client.stream.reset();
       client.diary.wait_for_done(client.blocks.size());
       let_pass(subject, kOut, kSecond / 20);
       client.diary.need_in_order(client.blocks);
     }},
    // Paused, so that no callback of the stream's can be running.
    {"WODM_RESET.told_before", "the messages come before it returns, where no callback is running",
     [](Subject& subject) {
       Client client(subject, kOut, 40, 480);
       client.stream.pause();
       client.queue();
       client.stream.reset();
       require_equal(client.diary.done().size(), client.blocks.size(), "the number of messages by then");
     }},
    {"WODM_RESET.position", "the position is 0, stays 0, and counts from there",
     [](Subject& subject) {
       Client client(subject, kOut, 2, kSecond / 2);
       const Stream& stream = client.stream;
       stream.queue(client.blocks[0]);
       require(eventually([&] { return stream.position() > 1'000; }), "nothing is played");
       stream.reset();
       require(stream.position() == 0, "the position is not 0 when it returns");
       let_pass(subject, kOut, 960);
       require(stream.position() == 0, "the position does not stay 0");
       client.blocks[1].header.dwBufferLength = 480 * kFrameBytes;
       stream.queue(client.blocks[1]);
       stream.need_position(480);
     }},
    {"WODM_RESET.not_paused", "ends a pause",
     [](Subject& subject) {
       Client client(subject, kOut, 2, 480);
       client.stream.pause();
       client.stream.queue(client.blocks[0]);
       client.stream.reset();
       client.stream.queue(client.blocks[1]);
       client.need_all();
     }},
    {"WODM_RESET.loops", "forgets loops",
     [](Subject& subject) {
       // A driver that remembers the loop may drop it if a period falls between the reset and the next
       // header. That does not happen in every round.
       constexpr std::size_t kRounds = 5;
       Diary diary;
       Blocks blocks = silent_blocks(3 * kRounds, 480);
       const Stream stream(subject, kOut, diary);
       for (std::size_t first = 0; first < blocks.size(); first += 3) {
         blocks[first].header.dwFlags = WHDR_BEGINLOOP;
         blocks[first].header.dwLoops = 0xFFFFFFFF;
         blocks[first + 1].header.dwFlags = WHDR_ENDLOOP;
         stream.pause();
         stream.queue(blocks[first]);
         stream.queue(blocks[first + 1]);
         stream.restart();
         require(eventually([&] { return stream.position() > 2 * 2 * 480; }), "the loop does not play");
         stream.reset();
         // The end of no loop: the reset has forgotten it.
         blocks[first + 2].header.dwFlags = WHDR_ENDLOOP;
         stream.queue(blocks[first + 2]);
         diary.need_done(first + 3);
         stream.need_position(480);
         stream.reset();
       }
     }},
    {"WODM_RESET.nothing_queued", "does nothing, any number of times, when nothing is queued",
     [](Subject& subject) {
       const Client client(subject, kOut);
       for (int i = 0; i < 3; ++i) client.stream.reset();
       require(client.diary.done().empty(), "a header came back that was never written");
     }},
    {"WODM_RESET.again", "its headers may be written again immediately, and none is done twice",
     [](Subject& subject) {
       constexpr std::size_t kRounds = 30;
       Client client(subject, kOut, 6, 480);
       for (std::size_t round = 1; round <= kRounds; ++round) {
         client.queue();
         client.stream.reset();
         client.diary.need_done(round * client.blocks.size());
       }
       require_equal(client.diary.done().size(), kRounds * client.blocks.size(), "the number of messages");
     }},
    // The client writes another header when it is notified of the first one that the reset returns.
    {"WODM_RESET.later_writes", "what a client writes meanwhile stays queued and is played",
     [](Subject& subject) {
       Block later(960 * kFrameBytes);
       Client client(subject, kOut, 5, 480, [&](Client& self, const Note& note) {
         if (note.header() == &self.blocks[0].header) self.stream.queue(later);
       });
       client.stream.pause();
       client.queue();
       client.stream.reset();
       client.diary.need_done(client.blocks.size() + 1);
       require(client.diary.done().back() == &later.header,
               "the header written meanwhile did not come back last");
       client.stream.need_position(960);
     }},
};

constexpr Entry kCloseRules[] = {
    {"WODM_CLOSE.still_playing", "WIDM_CLOSE.still_playing",
     "answers WAVERR_STILLPLAYING while headers are queued, and does nothing",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 100, 480);
       Stream& stream = client.stream;
       if (direction == kOut) stream.pause();
       stream.queue(client.blocks[0]);
       require_result(stream.close(), WAVERR_STILLPLAYING, "CLOSE with one header queued");
       for (std::size_t i = 1; i < client.blocks.size(); ++i) stream.queue(client.blocks[i]);
       require_result(stream.close(), WAVERR_STILLPLAYING, "CLOSE with a hundred headers queued");
       require(client.blocks[0].queued() && client.diary.done().empty(),
               "the refused CLOSE gave a header back");
       direction == kOut ? stream.restart() : stream.start();
       client.need_all_in_order();
       require_ok(stream.close(), "CLOSE with nothing queued");
     }},
    {"WODM_CLOSE.after_reset", "WIDM_CLOSE.after_reset", "works immediately after RESET",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction, 3, kVeryLong);
       client.queue();
       client.stream.reset();
       require_ok(client.stream.close(), "CLOSE after a reset");
     }},
    // Closed as soon as the last header is DONE: its message may still be pending.
    {"WODM_CLOSE.delivers", "delivers what is pending, and then WOM_CLOSE",
     [](Subject& subject) {
       for (int round = 0; round < 50; ++round) {
         Client client(subject, kOut, 10, 60);
         client.queue();
         require(eventually([&] { return client.blocks.back().done(); }), "the last header is not DONE");
         require_ok(client.stream.close(), "CLOSE");
         const std::vector<Note> notes = client.diary.all();
         client.diary.need_in_order(client.blocks);
         require(notes.back().message == WOM_CLOSE, "WOM_CLOSE was not the last");
       }
     }},
    // What the callback uses is static: it outlives the rule.
    {"WODM_CLOSE.blocked_callback", "returns, as WODM_RESET does, though a callback of the stream does not",
     [](Subject& subject) {
       static std::atomic<bool> inside{false}, may_return{false}, closed{false};
       static Diary diary;
       static Block block(480 * kFrameBytes);
       static Block still_queued(kVeryLong * kFrameBytes);
       diary.reaction = [](const Note& note) {
         if (note.header() != &block.header) return;
         inside = true;
         while (!may_return) std::this_thread::sleep_for(std::chrono::milliseconds(1));
       };
       Stream stream(subject, kOut, diary);
       stream.queue(block);
       stream.queue(still_queued);
       require(eventually([] { return inside.load(); }), "no header is reported");
       std::thread closer([&] {
         stream.reset();
         require_ok(stream.close(), "CLOSE");
         closed = true;
       });
       require(eventually([] { return closed.load(); }), "reset and CLOSE wait for the callback");
       closer.join();
       const std::size_t reported = diary.size();
       may_return = true;
       diary.need_idle();
       let_pass(subject, kOut, kSecond / 20);
       require(diary.size() == reported, "a message came after WOM_CLOSE");
     }},
};

}  // namespace

std::span<const Entry> reset_rules() { return kResetRules; }
std::span<const Entry> close_rules() { return kCloseRules; }

}  // namespace refwave::conform
