// WHDR_BEGINLOOP, WHDR_ENDLOOP and WODM_BREAKLOOP.
#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

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

void one_header(Subject& subject) {
  Loop loop(subject, 1, 1, 5);
  require_plays(loop, (1 + 5 + 1) * kFrames);
}

void many_headers(Subject& subject) {
  Loop loop(subject, 0, 1, 7);
  require_plays(loop, (2 * 7 + 1) * kFrames);
}

void zero_is_once(Subject& subject) {
  Loop loop(subject, 0, 2, 0);
  require_plays(loop, 3 * kFrames);
}

void done_after_the_last_pass(Subject& subject) {
  const Loop loop(subject, 0, 1, kEndless);
  require(eventually([&] { return loop.stream.position() > 5 * 2 * kFrames; }), "the loop does not play");
  for (const Block& block : loop.blocks)
    require(!block.done(), "a header of a loop is done before its last pass");
}

void endless_until_reset(Subject& subject) {
  Loop loop(subject, 0, 2, kEndless);
  require(eventually([&] { return loop.stream.position() > 5 * 3 * kFrames; }), "the loop does not play");
  loop.stream.reset();
  loop.need_all();
}

/// Lengths that no number of broken passes adds up to a whole one.
void break_ends_the_pass(Subject& subject) {
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
}

void break_without_a_loop(Subject& subject) {
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
}

void odd_loops_do_not_hang(Subject& subject) {
  constexpr DWORD kBegin = WHDR_BEGINLOOP;
  constexpr DWORD kEnd = WHDR_ENDLOOP;
  constexpr DWORD kOdd[][3] = {{kEnd, 0, 0}, {kBegin, 0, 0}, {kBegin, kBegin, kEnd}, {kBegin, kEnd, kEnd}};
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
}

void half_loops_play_once(Subject& subject) {
  for (const DWORD half : std::initializer_list<DWORD>{WHDR_BEGINLOOP, WHDR_ENDLOOP}) {
    Client client(subject, kOut, 3, kFrames);
    client.blocks[1].header.dwFlags = half;
    client.blocks[1].header.dwLoops = 7;
    client.stream.queue_at_once(client.blocks);
    client.need_all();
    client.stream.need_position(3 * kFrames);
  }
}

/// The driver does not repeat it endlessly within one period.
void loops_of_no_length_end(Subject& subject) {
  Loop(subject, 0, 1, kEndless, silent_blocks({0, 0, kFrames})).need_all();
}

constexpr Entry kLoopRules[] = {
    {"WHDR_BEGINLOOP.one_header", "plays one header dwLoops times; every pass counts in the position",
     one_header},
    {"WHDR_BEGINLOOP.many_headers", "plays several headers dwLoops times; every pass counts in the position",
     many_headers},
    {"WHDR_BEGINLOOP.zero", "plays a dwLoops of 0 once", zero_is_once, kOurs},
    {"WHDR_BEGINLOOP.last_pass", "the headers of a loop are done after its last pass",
     done_after_the_last_pass},
    {"WHDR_BEGINLOOP.endless", "a dwLoops of 0xFFFFFFFF plays until WODM_RESET", endless_until_reset},
    {"WHDR_BEGINLOOP.odd",
     "an end without a beginning, a beginning without an end, and nested loops hang nothing",
     odd_loops_do_not_hang},
    {"WHDR_BEGINLOOP.half", "a beginning without an end, and an end without a beginning, play once",
     half_loops_play_once, kOurs},
    {"WHDR_BEGINLOOP.no_length", "an endless loop of no frames ends", loops_of_no_length_end, kOurs},
    {"WODM_BREAKLOOP.ends_pass", "the current pass is played to its end, then the blocks after the loop",
     break_ends_the_pass},
    {"WODM_BREAKLOOP.no_loop", "answers NOERROR where nothing loops, and does nothing to a later loop",
     break_without_a_loop},
};

}  // namespace

std::span<const Entry> loop_rules() { return kLoopRules; }

}  // namespace refwave::conform
