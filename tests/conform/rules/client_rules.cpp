// What a client may do inside its callback: everything.
#include <atomic>
#include <latch>
#include <memory>

#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

/// Effects: plays or records them; none is done before all are queued.
void begin(const Stream& stream, Direction direction, Blocks& blocks) {
  if (direction == Direction::output) return stream.queue_at_once(blocks);
  stream.queue(blocks);
  stream.start();
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
  begin(stream, kDirection, blocks);
  diary.need_done(kTimes + blocks.size());
  diary.need_not_nested();
  const std::vector<LPWAVEHDR> done = diary.done();
  for (std::size_t i = 0; i < done.size(); ++i)
    require(done[i] == &blocks[i % 2].header, "the headers came back in another order");
}

template <Direction kDirection>
void may_reset(Subject& subject) {
  Diary diary;
  Blocks blocks = silent_blocks(20, 480);
  // Long ones behind: they are queued still, however late the callback comes.
  for (int i = 0; i < 3; ++i) blocks.emplace_back(kVeryLong * kFrameBytes);
  std::atomic<const Stream*> client{nullptr};
  diary.reaction = [&](const Note& note) {
    if (note.header() != &blocks[2].header) return;
    client.load()->reset();
    for (const Block& block : blocks) require(block.done(), "a header is not DONE when the reset returns");
    require(diary.done().size() == 3, "a message came inside the reset");
  };
  const Stream stream(subject, kDirection, diary);
  client = &stream;
  begin(stream, kDirection, blocks);
  diary.need_done(blocks.size());
  require(diary.done() == addresses_of(blocks), "the headers came back in another order");
  diary.need_not_nested();
}

template <Direction kDirection>
void may_close(Subject& subject) {
  std::atomic<bool> closed{false};
  Diary diary;
  Blocks blocks = silent_blocks(3, 480);
  for (int i = 0; i < 3; ++i) blocks.emplace_back(kVeryLong * kFrameBytes);  // as in may_reset()
  std::atomic<Stream*> client{nullptr};
  diary.reaction = [&](const Note& note) {
    if (note.header() != &blocks[2].header) return;
    require_result(client.load()->close(), WAVERR_STILLPLAYING, "CLOSE with headers queued");
    client.load()->reset();
    require_result(client.load()->close(), MMSYSERR_NOERROR, "CLOSE");
    require(diary.all().back().message == messages_of(kDirection).closed, "CLOSE was not told last");
    closed = true;
  };
  Stream stream(subject, kDirection, diary);
  client = &stream;
  begin(stream, kDirection, blocks);  // what is written after the close is refused
  require(eventually([&] { return closed.load(); }), "CLOSE does not return");
  diary.need_idle();
  let_pass(subject, kDirection, kSecond / 20);
  require(diary.done() == addresses_of(blocks), "not each header came back once, in order");
  require(diary.all().back().message == messages_of(kDirection).closed, "CLOSE was not told last");
}

template <Direction kDirection>
void may_close_at_the_end(Subject& subject) {
  std::atomic<bool> closed{false};
  Diary diary;
  Blocks blocks = silent_blocks(3, 480);
  std::atomic<Stream*> client{nullptr};
  diary.reaction = [&](const Note& note) {
    if (note.header() != &blocks[2].header) return;
    require_result(client.load()->close(), MMSYSERR_NOERROR, "CLOSE in the last callback");
    closed = true;
  };
  Stream stream(subject, kDirection, diary);
  client = &stream;
  stream.queue(blocks);
  if (kDirection == Direction::input) stream.start();
  require(eventually([&] { return closed.load(); }), "CLOSE does not return");
  diary.need_idle();
  diary.need_in_order(blocks);
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
    // Not every driver has these.
    stream.send(WODM_SETVOLUME, 0x80008000);
    stream.send(WODM_SETPLAYBACKRATE, 0x18000);
    stream.send(WODM_SETPITCH, 0xC000);
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

/// A player of several files: the end of one stream opens the next.
void may_follow(Subject& subject) {
  constexpr std::size_t kNested = 5;
  Diary diaries[kNested];
  Blocks blocks = silent_blocks(kNested, 480);
  std::unique_ptr<Stream> streams[kNested];
  const auto start = [&](std::size_t i) {
    streams[i] = std::make_unique<Stream>(subject, Direction::output, diaries[i]);
    streams[i]->queue(blocks[i]);
  };
  std::latch first_is_known{1};
  for (std::size_t i = 0; i < kNested; ++i) {
    diaries[i].reaction = [&, i](const Note& note) {
      if (note.message != WOM_DONE) return;
      first_is_known.wait();
      if (i + 1 < kNested) start(i + 1);
      require_result(streams[i]->close(), MMSYSERR_NOERROR, "CLOSE");
    };
  }
  start(0);
  first_is_known.count_down();
  diaries[kNested - 1].need_done(1);
  for (const Diary& diary : diaries) diary.need_idle();
  for (const Diary& diary : diaries)
    require(diary.size() == 3, "not OPEN, DONE and CLOSE of each stream came");
}

/// The other stream is paused, so that no callback of its own can be running.
void may_close_another(Subject& subject) {
  Diary diary;
  Diary other_diary;
  Block block(480 * kFrameBytes);
  Blocks others = silent_blocks(30, 480);
  Stream other(subject, Direction::output, other_diary);
  other.pause();
  other.queue(others);
  diary.reaction = [&](const Note& note) {
    if (note.message != WOM_DONE) return;
    other.reset();
    other_diary.need_in_order(others);
    require_result(other.close(), MMSYSERR_NOERROR, "CLOSE of another stream");
  };
  const Stream stream(subject, Direction::output, diary);
  stream.queue(block);
  diary.need_done(1);
  require(other_diary.all().back().message == WOM_CLOSE, "WOM_CLOSE was not the last");
  other_diary.need_not_nested();
}

constexpr Rule kClientRules[] = {
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
    {"WOM_DONE.may_follow", "a client may open the next stream inside its callback, and close its own",
     may_follow},
    {"WOM_DONE.may_close_another", "a client may reset and close another stream inside its callback",
     may_close_another},
    {"WOM_DONE.may_close_at_end", "a client may close inside its last callback",
     may_close_at_the_end<Direction::output>},
    {"WIM_DATA.may_add", "a client may add buffers inside its callback; no callback is nested",
     may_write<Direction::input>},
    {"WIM_DATA.may_reset", "a client may reset inside its callback; no callback is nested",
     may_reset<Direction::input>},
    {"WIM_DATA.may_close", "a client may reset and close inside its callback; WIM_CLOSE is the last",
     may_close<Direction::input>},
    {"WIM_DATA.may_close_at_end", "a client may close inside its last callback",
     may_close_at_the_end<Direction::input>},
};

}  // namespace

std::span<const Rule> client_rules() { return kClientRules; }

}  // namespace refwave::conform
