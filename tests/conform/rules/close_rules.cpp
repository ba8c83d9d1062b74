// CLOSE.
#include <atomic>

#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

template <Direction kDirection>
void still_playing(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(100, 480);
  Stream stream(subject, kDirection, diary);
  if (kDirection == Direction::output) stream.pause();
  stream.queue(blocks[0]);
  require_result(stream.close(), WAVERR_STILLPLAYING, "CLOSE with one header queued");
  for (std::size_t i = 1; i < blocks.size(); ++i) stream.queue(blocks[i]);
  require_result(stream.close(), WAVERR_STILLPLAYING, "CLOSE with a hundred headers queued");
  require(blocks[0].queued() && diary.done().empty(), "the refused CLOSE gave a header back");
  if (kDirection == Direction::output) {
    stream.restart();
  } else {
    stream.start();
  }
  diary.need_done(blocks.size());
  diary.need_in_order(blocks);
  require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE with nothing queued");
}

template <Direction kDirection>
void after_a_reset(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(3, kVeryLong);
  Stream stream(subject, kDirection, diary);
  stream.queue(blocks);
  stream.reset();
  require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE after a reset");
}

/// Closed as soon as the last header is DONE: its message may still be on its way.
void delivers_before_it_closes(Subject& subject) {
  for (int round = 0; round < 50; ++round) {
    Diary diary;
    Blocks blocks = silent_blocks(10, 60);
    Stream stream(subject, Direction::output, diary);
    stream.queue(blocks);
    require(eventually([&] { return blocks.back().done(); }), "the last header is not DONE");
    require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE");
    const std::vector<Note> notes = diary.all();
    require(diary.done() == addresses_of(blocks), "not each header came back once, in order");
    require(notes.back().message == WOM_CLOSE, "WOM_CLOSE was not the last");
  }
}

/// What the callback uses is static: it outlives the rule.
void callback_that_does_not_return(Subject& subject) {
  static std::atomic<bool> inside{false}, may_return{false}, closed{false};
  static Diary diary;
  static Block block(480 * kFrameBytes);
  static Block still_queued(kVeryLong * kFrameBytes);
  diary.reaction = [](const Note& note) {
    if (note.header() != &block.header) return;
    inside = true;
    while (!may_return) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  Stream stream(subject, Direction::output, diary);
  stream.queue(block);
  stream.queue(still_queued);
  require(eventually([] { return inside.load(); }), "nothing is told");
  std::thread closer([&] {
    stream.reset();
    require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE");
    closed = true;
  });
  require(eventually([] { return closed.load(); }), "reset and CLOSE wait for the callback");
  closer.join();
  const std::size_t told = diary.size();
  may_return = true;
  diary.need_idle();
  let_pass(subject, Direction::output, kSecond / 20);
  require(diary.size() == told, "a message came after WOM_CLOSE");
}

constexpr Rule kCloseRules[] = {
    {"WODM_CLOSE.still_playing", "answers WAVERR_STILLPLAYING while headers are queued, and does nothing",
     still_playing<Direction::output>},
    {"WODM_CLOSE.after_reset", "works at once after WODM_RESET", after_a_reset<Direction::output>},
    {"WODM_CLOSE.delivers", "delivers what is pending, and then WOM_CLOSE", delivers_before_it_closes},
    {"WODM_CLOSE.blocked_callback", "returns, as WODM_RESET does, though a callback of the stream does not",
     callback_that_does_not_return},
    {"WIDM_CLOSE.still_playing", "answers WAVERR_STILLPLAYING while headers are queued, and does nothing",
     still_playing<Direction::input>},
    {"WIDM_CLOSE.after_reset", "works at once after WIDM_RESET", after_a_reset<Direction::input>},
};

}  // namespace

std::span<const Rule> close_rules() { return kCloseRules; }

}  // namespace refwave::conform
