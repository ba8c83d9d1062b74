// What a client may do inside its callback: everything.
#include <atomic>

#include "tests/conform/client.h"
#include "tests/conform/rules.h"

namespace refwave::conform {
namespace {

void require_not_nested(const Diary& diary) {
  for (const Note& note : diary.all())
    require(note.depth == 1, "a message came inside another callback of the stream");
}

template <Direction kDirection>
void may_write(Subject& subject) {
  constexpr std::size_t kTimes = 50;
  Diary diary;
  Blocks blocks = silent_blocks(2, 480);
  std::atomic<const Stream*> client{nullptr};
  std::size_t told = 0;
  diary.reaction = [&](const Note& note) {
    if (note.message != messages_of(kDirection).done || ++told > kTimes) return;
    const Stream& stream = *client.load();
    stream.queue(note.header() == &blocks[0].header ? blocks[0] : blocks[1]);
  };
  const Stream stream(subject, kDirection, diary);
  client = &stream;
  stream.queue(blocks);
  if (kDirection == Direction::input) stream.start();
  diary.need_done(kTimes + blocks.size());
  require_not_nested(diary);
}

template <Direction kDirection>
void may_reset(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(20, 480);
  std::atomic<const Stream*> client{nullptr};
  diary.reaction = [&](const Note& note) {
    if (note.header() == &blocks[2].header) client.load()->reset();
  };
  const Stream stream(subject, kDirection, diary);
  client = &stream;
  stream.queue(blocks);
  if (kDirection == Direction::input) stream.start();
  diary.need_done(blocks.size());
  require(diary.done() == addresses_of(blocks), "the headers came back in another order");
  require_not_nested(diary);
}

template <Direction kDirection>
void may_close(Subject& subject) {
  std::atomic<bool> closed{false};
  Diary diary;
  Blocks blocks = silent_blocks(20, 480);
  std::atomic<Stream*> client{nullptr};
  diary.reaction = [&](const Note& note) {
    if (note.header() != &blocks[2].header) return;
    client.load()->reset();
    require_result(client.load()->close(), MMSYSERR_NOERROR, "CLOSE");
    closed = true;
  };
  Stream stream(subject, kDirection, diary);
  client = &stream;
  // All of them before the first is done: what is written after the close is refused.
  if (kDirection == Direction::input) {
    stream.queue(blocks);
    stream.start();
  } else {
    stream.queue_at_once(blocks);
  }
  require(eventually([&] { return closed.load(); }), "CLOSE does not return");
  diary.need_idle();
  let_pass(subject, kDirection, kSecond / 20);
  require(diary.done() == addresses_of(blocks), "not each header came back once, in order");
  require(diary.all().back().message == messages_of(kDirection).closed, "CLOSE was not told last");
}

void may_ask(Subject& subject) {
  Diary diary;
  Diary other_diary;
  Blocks blocks = silent_blocks(5, 480);
  Block other_block(480 * kFrameBytes);
  std::atomic<const Stream*> client{nullptr};
  const Stream other(subject, Direction::output, other_diary);
  diary.reaction = [&](const Note& note) {
    if (note.message != WOM_DONE) return;
    const Stream& stream = *client.load();
    stream.position();
    stream.pause();
    stream.restart();
    stream.tell(WODM_BREAKLOOP, "WODM_BREAKLOOP");
    if (note.header() == &blocks[0].header) other.queue(other_block);
  };
  const Stream stream(subject, Direction::output, diary);
  client = &stream;
  stream.queue(blocks);
  diary.need_done(blocks.size());
  other_diary.need_done(1);
}

void may_open_another(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(5, 480);
  diary.reaction = [&](const Note& note) {
    if (note.message == WOM_DONE) play_something(subject);
  };
  const Stream stream(subject, Direction::output, diary);
  stream.queue(blocks);
  diary.need_done(blocks.size());
}

constexpr Rule kRules[] = {
    {"WOM_DONE.may_write", "a client may write inside its callback; no callback is nested",
     may_write<Direction::output>},
    {"WOM_DONE.may_reset", "a client may reset inside its callback; no callback is nested",
     may_reset<Direction::output>},
    {"WOM_DONE.may_close", "a client may reset and close inside its callback; WOM_CLOSE is the last",
     may_close<Direction::output>},
    {"WOM_DONE.may_ask", "a client may ask, pause, restart and write to other streams inside its callback",
     may_ask},
    {"WOM_DONE.may_open", "a client may open, play and close another stream inside its callback",
     may_open_another},
    {"WIM_DATA.may_add", "a client may add buffers inside its callback; no callback is nested",
     may_write<Direction::input>},
    {"WIM_DATA.may_reset", "a client may reset inside its callback; no callback is nested",
     may_reset<Direction::input>},
    {"WIM_DATA.may_close", "a client may reset and close inside its callback; WIM_CLOSE is the last",
     may_close<Direction::input>},
};

}  // namespace

std::span<const Rule> client_rules() { return kRules; }

}  // namespace refwave::conform
