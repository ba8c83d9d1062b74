// WHDR_BEGINLOOP, WHDR_ENDLOOP and WODM_BREAKLOOP.
#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr DWORD kFrames = 480;  // of each block here
constexpr DWORD kEndless = 0xFFFFFFFF;

/// Three blocks, queued with the first and the last of the given range as a loop's ends.
struct Loop {
  Loop(Subject& subject, std::size_t first, std::size_t last, DWORD passes)
      : stream(subject, Direction::output, diary) {
    blocks[first].header.dwFlags |= WHDR_BEGINLOOP;
    blocks[first].header.dwLoops = passes;
    blocks[last].header.dwFlags |= WHDR_ENDLOOP;
    stream.queue_at_once(blocks);  // a loop may end if it runs dry before its end was written
  }

  Diary diary;
  Blocks blocks = silent_blocks(3, kFrames);
  Stream stream;
};

void require_plays(Loop& loop, DWORD frames) {
  loop.diary.need_done(loop.blocks.size());
  require(loop.diary.done() == addresses_of(loop.blocks), "the headers came back in another order");
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
  loop.diary.need_done(loop.blocks.size());
}

/// Lengths that no number of broken passes adds up to a whole one.
void break_ends_the_pass(Subject& subject) {
  constexpr DWORD kPass = 4'801 + kFrames;
  Diary diary;
  Blocks blocks;
  for (const std::size_t frames : {DWORD{4'801}, kFrames, kFrames}) blocks.emplace_back(frames * kFrameBytes);
  const Stream stream(subject, Direction::output, diary);
  blocks[0].header.dwFlags = WHDR_BEGINLOOP;
  blocks[0].header.dwLoops = kEndless;
  blocks[1].header.dwFlags = WHDR_ENDLOOP;
  stream.queue_at_once(blocks);
  require(eventually([&] { return stream.position() > 2 * kPass; }), "the loop does not play");
  stream.tell(WODM_BREAKLOOP, "WODM_BREAKLOOP");
  diary.need_done(blocks.size());
  require(diary.done() == addresses_of(blocks), "the headers came back in another order");
  // Whole passes, and the block after the loop.
  const auto whole = [&] { return stream.position() % kPass == kFrames; };
  require(eventually(whole),
          "the pass was not played to its end: " + std::to_string(stream.position()) + " frames in all");
}

void break_without_a_loop(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(3, kFrames);
  const Stream stream(subject, Direction::output, diary);
  stream.tell(WODM_BREAKLOOP, "WODM_BREAKLOOP with nothing queued");
  stream.queue(blocks);
  stream.tell(WODM_BREAKLOOP, "WODM_BREAKLOOP with nothing looping");
  diary.need_done(blocks.size());
  stream.need_position(3 * kFrames);
  Block later(kFrames * kFrameBytes);
  later.header.dwFlags = WHDR_BEGINLOOP | WHDR_ENDLOOP;
  later.header.dwLoops = 3;
  stream.queue(later);
  // A loop without an end goes through that position, too.
  diary.need_done(blocks.size() + 1);
  stream.need_position(6 * kFrames);
}

void odd_loops_do_not_hang(Subject& subject) {
  constexpr DWORD kBegin = WHDR_BEGINLOOP;
  constexpr DWORD kEnd = WHDR_ENDLOOP;
  constexpr DWORD kOdd[][3] = {{kEnd, 0, 0}, {kBegin, 0, 0}, {kBegin, kBegin, kEnd}, {kBegin, kEnd, kEnd}};
  for (const auto& flags : kOdd) {
    Diary diary;
    Blocks blocks = silent_blocks(3, kFrames);
    const Stream stream(subject, Direction::output, diary);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      blocks[i].header.dwFlags = flags[i];
      blocks[i].header.dwLoops = 2;
    }
    stream.queue_at_once(blocks);
    diary.need_done(blocks.size());
    diary.need_in_order(blocks);
    Block later(kFrames * kFrameBytes);
    stream.queue(later);
    diary.need_done(blocks.size() + 1);
  }
}

void half_loops_play_once(Subject& subject) {
  for (const DWORD half : std::initializer_list<DWORD>{WHDR_BEGINLOOP, WHDR_ENDLOOP}) {
    Diary diary;
    Blocks blocks = silent_blocks(3, kFrames);
    const Stream stream(subject, Direction::output, diary);
    blocks[1].header.dwFlags = half;
    blocks[1].header.dwLoops = 7;
    stream.queue_at_once(blocks);
    diary.need_done(blocks.size());
    stream.need_position(3 * kFrames);
  }
}

/// It is not played within one period for ever.
void loops_of_no_length_end(Subject& subject) {
  Diary diary;
  Blocks blocks;
  for (const DWORD frames : {DWORD{0}, DWORD{0}, kFrames}) blocks.emplace_back(frames * kFrameBytes);
  const Stream stream(subject, Direction::output, diary);
  blocks[0].header.dwFlags = WHDR_BEGINLOOP;
  blocks[0].header.dwLoops = kEndless;
  blocks[1].header.dwFlags = WHDR_ENDLOOP;
  stream.queue_at_once(blocks);
  diary.need_done(blocks.size());
}

constexpr Rule kLoopRules[] = {
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

std::span<const Rule> loop_rules() { return kLoopRules; }

}  // namespace refwave::conform
