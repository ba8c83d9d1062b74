// Many headers: their order, their time, pause and restart.
#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

void more_than_any_ring(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(1'000, 60);
  const Stream stream(subject, Direction::output, diary);
  stream.queue_at_once(blocks);
  diary.need_done(blocks.size());
  diary.need_in_order(blocks);
  stream.need_position(60'000);
}

/// A lower bound only, and half of what it should be: a busy machine cannot break it.
template <Direction kDirection>
void each_at_its_time(Subject& subject) {
  constexpr std::size_t kBlocks = 8;
  Diary diary;
  Blocks blocks = silent_blocks(kBlocks, kSecond / 5);
  const Stream stream(subject, kDirection, diary);
  const auto begin = std::chrono::steady_clock::now();
  stream.queue(blocks);
  if (kDirection == Direction::input) stream.start();
  diary.need_done(kBlocks);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const double expected = kBlocks / 5.0 / subject.speed();
  require(took.count() > expected / 2,
          std::to_string(expected) + " s of audio came back after " + std::to_string(took.count()) + " s");
}

void plays_on_after_running_dry(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(4, 480);
  const Stream stream(subject, Direction::output, diary);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    stream.queue(blocks[i]);
    diary.need_done(i + 1);
    let_pass(subject, Direction::output, 960);
  }
  stream.need_position(4 * 480);
}

void empty_headers_come_back_in_their_turn(Subject& subject) {
  Diary diary;
  Blocks blocks;
  for (const std::size_t frames : std::initializer_list<std::size_t>{0, 480, 0, 0, 960, 0})
    blocks.emplace_back(frames * kFrameBytes);
  const Stream stream(subject, Direction::output, diary);
  stream.queue(blocks);
  diary.need_done(blocks.size());
  diary.need_in_order(blocks);
  stream.need_position(480 + 960);
}

void broken_frames_are_dropped(Subject& subject) {
  Diary diary;
  Blocks blocks;
  for (const std::size_t bytes : std::initializer_list<std::size_t>{1, 403, 2, 3, 4001})
    blocks.emplace_back(bytes);
  const Stream stream(subject, Direction::output, diary);
  stream.queue(blocks);
  diary.need_done(blocks.size());
  stream.need_position(1'100);
}

void pause_holds(Subject& subject) {
  Diary diary;
  Block block(kVeryLong * kFrameBytes);
  const Stream stream(subject, Direction::output, diary);
  stream.queue(block);
  require(eventually([&] { return stream.position() > 0; }), "nothing is played");
  stream.pause();
  let_pass(subject, Direction::output, 960);  // the period that was being played is over
  const DWORD position = stream.position();
  let_pass(subject, Direction::output, kSecond);
  require(stream.position() == position, "the position moves on");
  require(!block.done(), "a header was done");
}

void pause_keeps_the_queue(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(5, kSecond / 10);
  const Stream stream(subject, Direction::output, diary);
  stream.queue(blocks);
  stream.pause();
  stream.pause();
  let_pass(subject, Direction::output, 480);
  stream.restart();
  stream.restart();
  diary.need_done(blocks.size());
  require(diary.done() == addresses_of(blocks), "the headers came back in another order");
}

void paused_before_the_first_write(Subject& subject) {
  Diary diary;
  Block block(480 * kFrameBytes);
  const Stream stream(subject, Direction::output, diary);
  stream.pause();
  stream.queue(block);
  let_pass(subject, Direction::output, kSecond / 10);
  require(!block.done(), "a paused stream played");
  stream.restart();
  diary.need_done(1);
}

constexpr Rule kQueueRules[] = {
    {"WODM_WRITE.many", "takes a thousand headers, and each comes back in its turn", more_than_any_ring},
    {"WODM_WRITE.own_time", "each header is done at its time, not at once",
     each_at_its_time<Direction::output>, kAlone},
    {"WODM_WRITE.after_running_dry", "plays on with the next header after all were done",
     plays_on_after_running_dry},
    {"WODM_WRITE.empty", "headers of length 0 come back in their turn", empty_headers_come_back_in_their_turn,
     kOurs},
    {"WODM_WRITE.broken_frames", "bytes beyond whole frames are dropped and not counted",
     broken_frames_are_dropped, kOurs},
    {"WODM_PAUSE.holds", "holds the position and what is queued", pause_holds},
    {"WODM_PAUSE.keeps_queue",
     "may be repeated, and loses nothing until WODM_RESTART, which may be repeated too",
     pause_keeps_the_queue},
    {"WODM_RESTART.plays", "plays what was written to a stream that was paused before",
     paused_before_the_first_write},
    {"WIDM_ADDBUFFER.own_time", "each header is done at its time, not at once",
     each_at_its_time<Direction::input>, kAlone},
};

}  // namespace

std::span<const Rule> queue_rules() { return kQueueRules; }

}  // namespace refwave::conform
