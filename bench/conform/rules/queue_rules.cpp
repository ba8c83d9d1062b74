// Many headers: their order, their time, pause and restart.
#include "bench/conform/client/client.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

void more_than_any_ring(Subject& subject) {
  Client client(subject, kOut, 1'000, 60);
  client.stream.queue_at_once(client.blocks);
  client.need_all_in_order();
  client.stream.need_position(60'000);
}

/// Checks a lower bound only, half of the real time, which a busy machine cannot break.
void each_at_its_time(Subject& subject, Direction direction) {
  constexpr std::size_t kBlocks = 8;
  Client client(subject, direction, kBlocks, kSecond / 5);
  const auto begin = std::chrono::steady_clock::now();
  client.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const double expected = kBlocks / 5.0 / subject.speed();
  require(took.count() > expected / 2,
          std::to_string(expected) + " s of audio came back after " + std::to_string(took.count()) + " s");
}

void plays_on_after_running_dry(Subject& subject) {
  Client client(subject, kOut, 4, 480);
  for (std::size_t i = 0; i < client.blocks.size(); ++i) {
    client.stream.queue(client.blocks[i]);
    client.diary.need_done(i + 1);
    let_pass(subject, kOut, 960);
  }
  client.stream.need_position(4 * 480);
}

void empty_headers_come_back_in_their_turn(Subject& subject) {
  Client client(subject, kOut, silent_blocks({0, 480, 0, 0, 960, 0}));
  client.begin();
  client.need_all_in_order();
  client.stream.need_position(480 + 960);
}

void broken_frames_are_dropped(Subject& subject) {
  Blocks blocks;
  for (const std::size_t bytes : std::initializer_list<std::size_t>{1, 403, 2, 3, 4001})
    blocks.emplace_back(bytes);
  Client client(subject, kOut, std::move(blocks));
  client.run();
  client.stream.need_position(1'100);
}

void pause_holds(Subject& subject) {
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
}

void pause_keeps_the_queue(Subject& subject) {
  Client client(subject, kOut, 5, kSecond / 10);
  client.queue();
  for (int i = 0; i < 2; ++i) client.stream.pause();
  let_pass(subject, kOut, 480);
  for (int i = 0; i < 2; ++i) client.stream.restart();
  client.need_all_in_order();
}

void paused_before_the_first_write(Subject& subject) {
  Client client(subject, kOut, 1, 480);
  client.stream.pause();
  client.queue();
  let_pass(subject, kOut, kSecond / 10);
  require(!client.blocks[0].done(), "a paused stream played");
  client.stream.restart();
  client.need_all();
}

constexpr Entry kQueueRules[] = {
    {"WODM_WRITE.many", "takes a thousand headers, and each comes back in its turn", more_than_any_ring},
    {"WODM_WRITE.own_time", "WIDM_ADDBUFFER.own_time", "each header is done at its time, not immediately",
     each_at_its_time, kAlone},
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
};

}  // namespace

std::span<const Entry> queue_rules() { return kQueueRules; }

}  // namespace refwave::conform
