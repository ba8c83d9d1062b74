// Many headers: their order, their time, pause and restart; and loops of them.
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr Entry kQueueRules[] = {
    {"WODM_WRITE.many", "takes a thousand headers, and each comes back in its turn",
     [](Subject& subject) {
       Client client(subject, kOut, 1'000, 60);
       client.stream.queue_at_once(client.blocks);
       client.need_all_in_order();
       client.stream.need_position(60'000);
     }},
    // Checks a lower bound only, half of the real time, which a busy machine cannot break.
    {"WODM_WRITE.own_time", "WIDM_ADDBUFFER.own_time", "each header is done at its time, not immediately",
     [](Subject& subject, Direction direction) {
       constexpr std::size_t kBlocks = 8;
       Client client(subject, direction, kBlocks, kSecond / 5);
       const auto begin = std::chrono::steady_clock::now();
       client.run();
       const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
       const double expected = kBlocks / 5.0 / subject.speed();
       require(took.count() > expected / 2, std::to_string(expected) + " s of audio came back after " +
                                                std::to_string(took.count()) + " s");
     },
     kAlone},
    {"WODM_WRITE.after_running_dry", "plays on with the next header after all were done",
     [](Subject& subject) {
       Client client(subject, kOut, 4, 480);
       for (std::size_t i = 0; i < client.blocks.size(); ++i) {
         client.stream.queue(client.blocks[i]);
         client.diary.need_done(i + 1);
         let_pass(subject, kOut, 960);
       }
       client.stream.need_position(4 * 480);
     }},
    {"WODM_WRITE.empty", "headers of length 0 come back in their turn",
     [](Subject& subject) {
       Client client(subject, kOut, silent_blocks({0, 480, 0, 0, 960, 0}));
       client.begin();
       client.need_all_in_order();
       client.stream.need_position(480 + 960);
     },
     kOurs},
    {"WODM_WRITE.broken_frames", "bytes beyond whole frames are dropped and not counted",
     [](Subject& subject) {
       Client client(subject, kOut, silent_blocks({1, 403, 2, 3, 4001}, 1));
       client.run();
       client.stream.need_position(1'100);
     },
     kOurs},
    {"WODM_PAUSE.holds", "holds the position and what is queued",
     [](Subject& subject) {
       Client client(subject, kOut, 1, kVeryLong);
       const Stream& stream = client.stream;
       client.queue();
       require(eventually([&] { return stream.position() > 0; }), "nothing is played");
       stream.pause();
       let_pass(subject, kOut, 960);  // so that the current period is over
       const DWORD position = stream.position();
       let_pass(subject, kOut, kSecond);
       require(stream.position() == position, "the position moves on");
       require(!client.blocks[0].done(), "a header was done");
     }},
    {"WODM_PAUSE.keeps_queue",
     "may be repeated, and loses nothing until WODM_RESTART, which may be repeated too",
     [](Subject& subject) {
       Client client(subject, kOut, 5, kSecond / 10);
       client.queue();
       for (int i = 0; i < 2; ++i) client.stream.pause();
       let_pass(subject, kOut, 480);
       for (int i = 0; i < 2; ++i) client.stream.restart();
       client.need_all_in_order();
     }},
    {"WODM_RESTART.plays", "plays what was written to a stream that was paused before",
     [](Subject& subject) {
       Client client(subject, kOut, 1, 480);
       client.stream.pause();
       client.queue();
       let_pass(subject, kOut, kSecond / 10);
       require(!client.blocks[0].done(), "a paused stream played");
       client.stream.restart();
       client.need_all();
     }},
};

constexpr DWORD kFrames = 480;  // of each block here
constexpr DWORD kEndless = 0xFFFFFFFF;

/// Three blocks, queued with the first and the last of the given range as a loop's ends.
struct Loop : Client {
  Loop(Subject& subject, std::size_t first, std::size_t last, DWORD passes,
       Blocks its_blocks = silent_blocks(3, kFrames))
      : Client(subject, kOut, std::move(its_blocks)) {
    blocks[first].header.dwFlags |= WHDR_BEGINLOOP;
    blocks[first].header.dwLoops = passes;
    blocks[last].header.dwFlags |= WHDR_ENDLOOP;
    stream.queue_at_once(blocks);  // a loop may end if it runs dry before its end was written
  }
};

void require_plays(Loop& loop, DWORD frames) {
  loop.need_all_in_order();
  loop.stream.need_position(frames);
}

constexpr Entry kLoopRules[] = {
    {"WHDR_BEGINLOOP.one_header", "plays one header dwLoops times; every pass counts in the position",
     [](Subject& subject) {
       Loop loop(subject, 1, 1, 5);
       require_plays(loop, (1 + 5 + 1) * kFrames);
     }},
    {"WHDR_BEGINLOOP.many_headers", "plays several headers dwLoops times; every pass counts in the position",
     [](Subject& subject) {
       Loop loop(subject, 0, 1, 7);
       require_plays(loop, (2 * 7 + 1) * kFrames);
     }},
    {"WHDR_BEGINLOOP.zero", "plays a dwLoops of 0 once",
     [](Subject& subject) {
       Loop loop(subject, 0, 2, 0);
       require_plays(loop, 3 * kFrames);
     },
     kOurs},
    {"WHDR_BEGINLOOP.last_pass", "the headers of a loop are done after its last pass",
     [](Subject& subject) {
       const Loop loop(subject, 0, 1, kEndless);
       require(eventually([&] { return loop.stream.position() > 5 * 2 * kFrames; }),
               "the loop does not play");
       for (const Block& block : loop.blocks)
         require(!block.done(), "a header of a loop is done before its last pass");
     }},
    {"WHDR_BEGINLOOP.endless", "a dwLoops of 0xFFFFFFFF plays until WODM_RESET",
     [](Subject& subject) {
       Loop loop(subject, 0, 2, kEndless);
       require(eventually([&] { return loop.stream.position() > 5 * 3 * kFrames; }),
               "the loop does not play");
       loop.stream.reset();
       loop.need_all();
     }},
    {"WHDR_BEGINLOOP.odd",
     "an end without a beginning, a beginning without an end, and nested loops hang nothing",
     [](Subject& subject) {
       constexpr DWORD kBegin = WHDR_BEGINLOOP;
       constexpr DWORD kEnd = WHDR_ENDLOOP;
       constexpr DWORD kOdd[][3] = {
           {kEnd, 0, 0}, {kBegin, 0, 0}, {kBegin, kBegin, kEnd}, {kBegin, kEnd, kEnd}};
       for (const auto& flags : kOdd) {
         Client client(subject, kOut, 3, kFrames);
         for (std::size_t i = 0; i < client.blocks.size(); ++i) {
           client.blocks[i].header.dwFlags = flags[i];
           client.blocks[i].header.dwLoops = 2;
         }
         client.stream.queue_at_once(client.blocks);
         client.need_all_in_order();
         client.stream.queue(client.blocks.emplace_back(kFrames * kFrameBytes));
         client.need_all();
       }
     }},
    {"WHDR_BEGINLOOP.half", "a beginning without an end, and an end without a beginning, play once",
     [](Subject& subject) {
       for (const DWORD half : std::initializer_list<DWORD>{WHDR_BEGINLOOP, WHDR_ENDLOOP}) {
         Client client(subject, kOut, 3, kFrames);
         client.blocks[1].header.dwFlags = half;
         client.blocks[1].header.dwLoops = 7;
         client.stream.queue_at_once(client.blocks);
         client.need_all();
         client.stream.need_position(3 * kFrames);
       }
     },
     kOurs},
    // The driver does not repeat it endlessly within one period.
    {"WHDR_BEGINLOOP.no_length", "an endless loop of no frames ends",
     [](Subject& subject) {
       Loop(subject, 0, 1, kEndless, silent_blocks({0, 0, kFrames})).need_all();
     },
     kOurs},
    // Lengths that no number of broken passes adds up to a whole one.
    {"WODM_BREAKLOOP.ends_pass", "the current pass is played to its end, then the blocks after the loop",
     [](Subject& subject) {
       constexpr DWORD kPass = 4'801 + kFrames;
       Loop loop(subject, 0, 1, kEndless, silent_blocks({4'801, kFrames, kFrames}));
       const Stream& stream = loop.stream;
       require(eventually([&] { return stream.position() > 2 * kPass; }), "the loop does not play");
       stream.must_send(WODM_BREAKLOOP, "WODM_BREAKLOOP");
       loop.need_all_in_order();
       // Whole passes, and the block after the loop.
       const auto whole = [&] { return stream.position() % kPass == kFrames; };
       require(eventually(whole),
               "the pass was not played to its end: " + std::to_string(stream.position()) + " frames in all");
     }},
    {"WODM_BREAKLOOP.no_loop", "answers NOERROR where nothing loops, and does nothing to a later loop",
     [](Subject& subject) {
       Client client(subject, kOut, 3, kFrames);
       const Stream& stream = client.stream;
       stream.must_send(WODM_BREAKLOOP, "WODM_BREAKLOOP with nothing queued");
       client.queue();
       stream.must_send(WODM_BREAKLOOP, "WODM_BREAKLOOP with nothing looping");
       client.need_all();
       stream.need_position(3 * kFrames);
       Block& later = client.blocks.emplace_back(kFrames * kFrameBytes);
       later.header.dwFlags = WHDR_BEGINLOOP | WHDR_ENDLOOP;
       later.header.dwLoops = 3;
       stream.queue(later);
       // A loop without an end goes through that position, too.
       client.need_all();
       stream.need_position(6 * kFrames);
     }},
};

}  // namespace

std::span<const Entry> queue_rules() { return kQueueRules; }
std::span<const Entry> loop_rules() { return kLoopRules; }

}  // namespace refwave::conform
