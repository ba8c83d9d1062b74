// WODM_RESET.
#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

void flags_of_all(Subject& subject) {
  Client client(subject, kOut, 300, 480);
  client.stream.pause();
  client.queue();
  client.stream.reset();
  for (const Block& block : client.blocks) {
    require(!block.queued(), "a header is still INQUEUE when it returns");
    require(block.done(), "a header is not DONE when it returns");
  }
}

void told_once_in_order(Subject& subject) {
  Client client(subject, kOut, 2'000, 480);
  client.stream.queue_at_once(client.blocks);
  client.diary.need_done(3);
  client.stream.reset();
  client.diary.wait_for_done(client.blocks.size());
  let_pass(subject, kOut, kSecond / 20);
  client.diary.need_in_order(client.blocks);
}

/// Paused, so that no callback of the stream's can be running.
void told_before_it_returns(Subject& subject) {
  Client client(subject, kOut, 40, 480);
  client.stream.pause();
  client.queue();
  client.stream.reset();
  const std::size_t reported = client.diary.done().size();
  require(reported == client.blocks.size(), std::to_string(reported) + " of " +
                                                std::to_string(client.blocks.size()) +
                                                " messages came before it returned");
}

void position_is_zero(Subject& subject) {
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
}

void pause_is_over(Subject& subject) {
  Client client(subject, kOut, 2, 480);
  client.stream.pause();
  client.stream.queue(client.blocks[0]);
  client.stream.reset();
  client.stream.queue(client.blocks[1]);
  client.need_all();
}

void loops_are_forgotten(Subject& subject) {
  // A driver that remembers the loop may drop it if a period falls between the reset and the next header.
  // That does not happen in every round.
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
}

void nothing_queued(Subject& subject) {
  const Client client(subject, kOut);
  for (int i = 0; i < 3; ++i) client.stream.reset();
  require(client.diary.done().empty(), "a header came back that was never written");
}

void headers_may_be_written_again(Subject& subject) {
  constexpr std::size_t kRounds = 30;
  Client client(subject, kOut, 6, 480);
  for (std::size_t round = 1; round <= kRounds; ++round) {
    client.queue();
    client.stream.reset();
    client.diary.need_done(round * client.blocks.size());
  }
  const std::size_t reported = client.diary.done().size();
  require(reported == kRounds * client.blocks.size(), std::to_string(reported) + " messages came for " +
                                                          std::to_string(kRounds * client.blocks.size()) +
                                                          " headers");
}

/// The client writes another header when it is notified of the first one that the reset returns.
void later_writes_stay(Subject& subject) {
  Block later(960 * kFrameBytes);
  Client client(subject, kOut, 5, 480, [&](Client& self, const Note& note) {
    if (note.header() == &self.blocks[0].header) self.stream.queue(later);
  });
  client.stream.pause();
  client.queue();
  client.stream.reset();
  client.diary.need_done(client.blocks.size() + 1);
  require(client.diary.done().back() == &later.header, "the header written meanwhile did not come back last");
  client.stream.need_position(960);
}

constexpr Entry kResetRules[] = {
    {"WODM_RESET.flags", "every queued header is DONE and not INQUEUE when it returns", flags_of_all},
    {"WODM_RESET.once_in_order", "each header is reported once, in order", told_once_in_order},
    {"WODM_RESET.told_before", "the messages come before it returns, where no callback is running",
     told_before_it_returns},
    {"WODM_RESET.position", "the position is 0, stays 0, and counts from there", position_is_zero},
    {"WODM_RESET.not_paused", "ends a pause", pause_is_over},
    {"WODM_RESET.loops", "forgets loops", loops_are_forgotten},
    {"WODM_RESET.nothing_queued", "does nothing, any number of times, when nothing is queued",
     nothing_queued},
    {"WODM_RESET.again", "its headers may be written again immediately, and none is done twice",
     headers_may_be_written_again},
    {"WODM_RESET.later_writes", "what a client writes meanwhile stays queued and is played",
     later_writes_stay},
};

}  // namespace

std::span<const Entry> reset_rules() { return kResetRules; }

}  // namespace refwave::conform
