// CLOSE.
#include <atomic>

#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

void still_playing(Subject& subject, Direction direction) {
  Client client(subject, direction, 100, 480);
  Stream& stream = client.stream;
  if (direction == kOut) stream.pause();
  stream.queue(client.blocks[0]);
  require_result(stream.close(), WAVERR_STILLPLAYING, "CLOSE with one header queued");
  for (std::size_t i = 1; i < client.blocks.size(); ++i) stream.queue(client.blocks[i]);
  require_result(stream.close(), WAVERR_STILLPLAYING, "CLOSE with a hundred headers queued");
  require(client.blocks[0].queued() && client.diary.done().empty(), "the refused CLOSE gave a header back");
  direction == kOut ? stream.restart() : stream.start();
  client.need_all_in_order();
  require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE with nothing queued");
}

void after_a_reset(Subject& subject, Direction direction) {
  Client client(subject, direction, 3, kVeryLong);
  client.queue();
  client.stream.reset();
  require_result(client.stream.close(), MMSYSERR_NOERROR, "CLOSE after a reset");
}

/// Closed as soon as the last header is DONE: its message may still be pending.
void delivers_before_it_closes(Subject& subject) {
  for (int round = 0; round < 50; ++round) {
    Client client(subject, kOut, 10, 60);
    client.queue();
    require(eventually([&] { return client.blocks.back().done(); }), "the last header is not DONE");
    require_result(client.stream.close(), MMSYSERR_NOERROR, "CLOSE");
    const std::vector<Note> notes = client.diary.all();
    client.diary.need_in_order(client.blocks);
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
  Stream stream(subject, kOut, diary);
  stream.queue(block);
  stream.queue(still_queued);
  require(eventually([] { return inside.load(); }), "no header is reported");
  std::thread closer([&] {
    stream.reset();
    require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE");
    closed = true;
  });
  require(eventually([] { return closed.load(); }), "reset and CLOSE wait for the callback");
  closer.join();
  const std::size_t reported = diary.size();
  may_return = true;
  diary.need_idle();
  let_pass(subject, kOut, kSecond / 20);
  require(diary.size() == reported, "a message came after WOM_CLOSE");
}

constexpr Entry kCloseRules[] = {
    {"WODM_CLOSE.still_playing", "WIDM_CLOSE.still_playing",
     "answers WAVERR_STILLPLAYING while headers are queued, and does nothing", still_playing},
    {"WODM_CLOSE.after_reset", "WIDM_CLOSE.after_reset", "works immediately after RESET", after_a_reset},
    {"WODM_CLOSE.delivers", "delivers what is pending, and then WOM_CLOSE", delivers_before_it_closes},
    {"WODM_CLOSE.blocked_callback", "returns, as WODM_RESET does, though a callback of the stream does not",
     callback_that_does_not_return},
};

}  // namespace

std::span<const Entry> close_rules() { return kCloseRules; }

}  // namespace refwave::conform
