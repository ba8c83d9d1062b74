// What a client may do inside its callback: everything.
#include <atomic>
#include <latch>
#include <memory>

#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

/// Effects: plays or records its blocks; none is done before all are queued.
void begin_at_once(Client& client) {
  client.stream.is_input() ? client.begin() : client.stream.queue_at_once(client.blocks);
}

void may_write(Subject& subject, Direction direction) {
  constexpr std::size_t kTimes = 50;
  std::size_t reported = 0;
  Client client(subject, direction, 2, 480, [&](Client& self, const Note& note) {
    if (++reported > kTimes) return;
    self.stream.queue(note.header() == &self.blocks[0].header ? self.blocks[0] : self.blocks[1]);
  });
  begin_at_once(client);
  client.diary.need_done(kTimes + client.blocks.size());
  client.diary.need_not_nested();
  const std::vector<LPWAVEHDR> done = client.diary.done();
  for (std::size_t i = 0; i < done.size(); ++i)
    require(done[i] == &client.blocks[i % 2].header, "the headers came back in another order");
}

/// Returns: so many short blocks and three long ones, which are queued still, however late a callback comes.
Blocks blocks_before_long_ones(std::size_t count) {
  Blocks blocks = silent_blocks(count, 480);
  for (int i = 0; i < 3; ++i) blocks.emplace_back(kVeryLong * kFrameBytes);
  return blocks;
}

void may_reset(Subject& subject, Direction direction) {
  Client client(subject, direction, blocks_before_long_ones(20), [](Client& self, const Note& note) {
    if (note.header() != &self.blocks[2].header) return;
    self.stream.reset();
    for (const Block& block : self.blocks)
      require(block.done(), "a header is not DONE when the reset returns");
    require(self.diary.done().size() == 3, "a message came inside the reset");
  });
  begin_at_once(client);
  client.need_all_in_order();
  client.diary.need_not_nested();
}

void may_close(Subject& subject, Direction direction) {
  std::atomic<bool> closed{false};
  Client client(subject, direction, blocks_before_long_ones(3), [&](Client& self, const Note& note) {
    if (note.header() != &self.blocks[2].header) return;
    require_result(self.stream.close(), WAVERR_STILLPLAYING, "CLOSE with headers queued");
    self.stream.reset();
    require_result(self.stream.close(), MMSYSERR_NOERROR, "CLOSE");
    require(self.diary.all().back().message == messages_of(direction).closed, "CLOSE was not reported last");
    closed = true;
  });
  begin_at_once(client);  // what is written after the close is refused
  require(eventually([&] { return closed.load(); }), "CLOSE does not return");
  client.diary.need_idle();
  let_pass(subject, direction, kSecond / 20);
  client.diary.need_in_order(client.blocks);
  require(client.diary.all().back().message == messages_of(direction).closed, "CLOSE was not reported last");
}

void may_close_at_the_end(Subject& subject, Direction direction) {
  std::atomic<bool> closed{false};
  Client client(subject, direction, 3, 480, [&](Client& self, const Note& note) {
    if (note.header() != &self.blocks[2].header) return;
    require_result(self.stream.close(), MMSYSERR_NOERROR, "CLOSE in the last callback");
    closed = true;
  });
  client.begin();
  require(eventually([&] { return closed.load(); }), "CLOSE does not return");
  client.diary.need_idle();
  client.diary.need_in_order(client.blocks);
}

void may_ask(Subject& subject) {
  Client other(subject, kOut, 1, 480);
  Client client(subject, kOut, 5, 480, [&](Client& self, const Note& note) {
    const Stream& stream = self.stream;
    stream.position();
    stream.pause();
    // Not every driver has these.
    stream.send(WODM_SETVOLUME, 0x80008000);
    stream.send(WODM_SETPLAYBACKRATE, 0x18000);
    stream.send(WODM_SETPITCH, 0xC000);
    stream.restart();
    stream.must_send(WODM_BREAKLOOP, "WODM_BREAKLOOP");
    if (note.header() == &self.blocks[0].header) other.queue();
  });
  client.run();
  other.need_all();
}

void may_open_another(Subject& subject) {
  Client(subject, kOut, 5, 480, [&](Client&, const Note&) { play_something(subject); }).run();
}

/// A player of several files: the end of one stream opens the next.
void may_follow(Subject& subject) {
  constexpr std::size_t kNested = 5;
  Diary diaries[kNested];
  Blocks blocks = silent_blocks(kNested, 480);
  std::unique_ptr<Stream> streams[kNested];
  const auto start = [&](std::size_t i) {
    streams[i] = std::make_unique<Stream>(subject, kOut, diaries[i]);
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
  Client other(subject, kOut, 30, 480);
  other.stream.pause();
  other.queue();
  Client client(subject, kOut, 1, 480, [&](Client&, const Note&) {
    other.stream.reset();
    other.diary.need_in_order(other.blocks);
    require_result(other.stream.close(), MMSYSERR_NOERROR, "CLOSE of another stream");
  });
  client.run();
  require(other.diary.all().back().message == WOM_CLOSE, "WOM_CLOSE was not the last");
  other.diary.need_not_nested();
}

constexpr Entry kClientRules[] = {
    {"WOM_DONE.may_write", "WIM_DATA.may_add",
     "a client may queue headers inside its callback; no callback is nested", may_write},
    {"WOM_DONE.may_reset", "WIM_DATA.may_reset",
     "a client may reset inside its callback; no callback is nested", may_reset},
    {"WOM_DONE.may_close", "WIM_DATA.may_close",
     "a client may reset and close inside its callback; CLOSE is the last message", may_close},
    {"WOM_DONE.may_ask", "a client may ask, pause, restart and write to other streams inside its callback",
     may_ask},
    {"WOM_DONE.may_open", "a client may open, play and close another stream inside its callback",
     may_open_another},
    {"WOM_DONE.may_follow", "a client may open the next stream inside its callback, and close its own",
     may_follow},
    {"WOM_DONE.may_close_another", "a client may reset and close another stream inside its callback",
     may_close_another},
    {"WOM_DONE.may_close_at_end", "WIM_DATA.may_close_at_end", "a client may close inside its last callback",
     may_close_at_the_end},
};

}  // namespace

std::span<const Entry> client_rules() { return kClientRules; }

}  // namespace refwave::conform
