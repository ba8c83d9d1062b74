// The pieces of a block's time, from events of threads that the test writes.
#include "bench/trace/block_pieces.h"

#include <gmock/gmock.h>

#include <numeric>

namespace refwave::trace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr ULONGLONG kAudio = 1;
constexpr ULONGLONG kNotifier = 2;
constexpr ULONGLONG kClient = 3;
constexpr WORD kNone = REFWAVE_TRACE_NO_SLOT;

struct Trace {
  BlockLives lives;

  Trace& on(ULONGLONG thread, ULONGLONG ns, WORD kind, WORD slot = kNone, DWORD block = 0) {
    lives.add(REFWAVE_TRACE_EVENT{ns, thread, block, slot, kind});
    return *this;
  }
  /// The period that takes the block's last frame at 110, is rendered at 150 and over at 170.
  Trace& period(WORD slot = 0, DWORD block = 0) {
    on(kAudio, 100, REFWAVE_TRACE_PERIOD_BEGIN);
    on(kAudio, 110, REFWAVE_TRACE_FINISHED, slot, block).on(kAudio, 113, REFWAVE_TRACE_RELEASED, slot, block);
    on(kAudio, 150, REFWAVE_TRACE_RENDERED).on(kAudio, 158, REFWAVE_TRACE_WAKE_SENT);
    return on(kAudio, 170, REFWAVE_TRACE_PERIOD_END);
  }
  Trace& notified(ULONGLONG thread, ULONGLONG ns, WORD slot = 0, DWORD block = 0) {
    on(thread, ns, REFWAVE_TRACE_CALLING, slot, block);
    lives.add(ClientStamp{slot, block, static_cast<std::int64_t>(ns) + 5, static_cast<std::int64_t>(ns) + 7});
    return on(thread, ns + 9, REFWAVE_TRACE_CALLED, slot, block);
  }
  std::array<std::int64_t, kPieces> only_pieces() {
    const auto all = lives.take();
    EXPECT_THAT(all, SizeIs(1));
    return all.size() == 1 ? pieces_of(all.front()) : std::array<std::int64_t, kPieces>{};
  }
};

TEST(BlockPieces, A_notifier_that_slept_is_woken_when_the_period_is_rendered) {
  Trace trace;
  trace.on(kClient, 10, REFWAVE_TRACE_WRITTEN, 0, 0).on(kAudio, 50, REFWAVE_TRACE_STARTED, 0, 0).period();
  trace.on(kNotifier, 180, REFWAVE_TRACE_ROLE_TAKEN).on(kNotifier, 181, REFWAVE_TRACE_CLAIMED, 0);
  trace.notified(kNotifier, 184);
  const auto all = trace.lives.take();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(pieces_of(all.front()), ElementsAre(3, 37, 30, 4, 5));
  EXPECT_EQ(all.front().written_ns, 10);
  EXPECT_EQ(all.front().started_ns, 50);
}

TEST(BlockPieces, An_awake_notifier_ends_the_mixing_for_the_block_that_it_finds) {
  Trace trace;
  trace.on(kNotifier, 20, REFWAVE_TRACE_ROLE_TAKEN).on(kAudio, 100, REFWAVE_TRACE_PERIOD_BEGIN);
  trace.on(kAudio, 110, REFWAVE_TRACE_FINISHED, 0, 0).on(kAudio, 113, REFWAVE_TRACE_RELEASED, 0, 0);
  trace.on(kNotifier, 120, REFWAVE_TRACE_CLAIMED, 0).notified(kNotifier, 122);
  EXPECT_THAT(trace.lives.take(), IsEmpty()) << "the period is not over";
  trace.on(kAudio, 150, REFWAVE_TRACE_RENDERED).on(kAudio, 151, REFWAVE_TRACE_WAKE_SPARED);
  trace.on(kAudio, 170, REFWAVE_TRACE_PERIOD_END);
  EXPECT_THAT(trace.only_pieces(), ElementsAre(3, 7, 0, 2, 5));
}

TEST(BlockPieces, Together_they_are_the_time_from_the_last_frame_to_the_client) {
  for (ULONGLONG claimed = 90; claimed < 200; ++claimed) {
    Trace trace;
    trace.on(kNotifier, claimed - 1, REFWAVE_TRACE_ROLE_TAKEN);
    trace.on(kNotifier, claimed, REFWAVE_TRACE_CLAIMED, 0).period().notified(kNotifier, 200);
    const auto pieces = trace.only_pieces();
    EXPECT_EQ(std::accumulate(pieces.begin(), pieces.end(), std::int64_t{0}), 205 - 110) << claimed;
    EXPECT_THAT(pieces, testing::Each(testing::Ge(0))) << claimed;
  }
}

TEST(BlockPieces, A_release_covers_all_blocks_up_to_its_own) {
  Trace trace;
  trace.on(kAudio, 100, REFWAVE_TRACE_PERIOD_BEGIN).on(kAudio, 110, REFWAVE_TRACE_FINISHED, 0, 4);
  trace.on(kAudio, 110, REFWAVE_TRACE_FINISHED, 0, 5).on(kAudio, 112, REFWAVE_TRACE_RELEASED, 0, 5);
  trace.on(kAudio, 115, REFWAVE_TRACE_RENDERED).on(kAudio, 116, REFWAVE_TRACE_PERIOD_END);
  trace.notified(kNotifier, 120, 0, 4).notified(kNotifier, 130, 0, 5);
  const auto all = trace.lives.take();
  ASSERT_THAT(all, SizeIs(2));
  for (const BlockLife& life : all) EXPECT_EQ(life.released_ns, 112);
}

TEST(BlockPieces, The_client_s_stamp_may_come_before_all_others) {
  Trace trace;
  trace.lives.add(ClientStamp{0, 0, 189, 191});
  trace.on(kClient, 10, REFWAVE_TRACE_WRITTEN, 0, 0).period();
  trace.on(kNotifier, 180, REFWAVE_TRACE_ROLE_TAKEN).on(kNotifier, 181, REFWAVE_TRACE_CLAIMED, 0);
  trace.on(kNotifier, 184, REFWAVE_TRACE_CALLING, 0, 0).on(kNotifier, 195, REFWAVE_TRACE_CALLED, 0, 0);
  EXPECT_THAT(trace.only_pieces(), ElementsAre(3, 37, 30, 4, 5));
  EXPECT_EQ(trace.lives.incomplete(), 0U);
}

TEST(BlockPieces, Blocks_of_a_reset_or_from_before_the_trace_are_left_out) {
  Trace trace;
  trace.on(kClient, 10, REFWAVE_TRACE_WRITTEN, 0, 0).on(kClient, 20, REFWAVE_TRACE_FINISHED, 0, 0);
  trace.on(kClient, 21, REFWAVE_TRACE_RELEASED, 0, 0).on(kClient, 25, REFWAVE_TRACE_CALLING, 0, 0);
  trace.on(kClient, 26, REFWAVE_TRACE_CALLED, 0, 0).on(kNotifier, 30, REFWAVE_TRACE_CALLED, 3, 3);
  trace.lives.add(ClientStamp{0, 0, 25, 26});
  EXPECT_THAT(trace.lives.take(), IsEmpty());
  trace.period(0, 1).notified(kNotifier, 200, 0, 1);
  EXPECT_THAT(trace.lives.take(), SizeIs(1)) << "what comes behind it";
  EXPECT_EQ(trace.lives.incomplete(), 0U);
}

TEST(BlockPieces, A_block_with_a_lost_event_is_counted_and_left_out) {
  Trace trace;
  trace.on(kClient, 10, REFWAVE_TRACE_WRITTEN, 0, 0).on(kClient, 11, REFWAVE_TRACE_WRITTEN, 0, 1);
  trace.period(0, 1).notified(kNotifier, 200, 0, 1);
  EXPECT_THAT(trace.lives.take(), SizeIs(1));
  EXPECT_EQ(trace.lives.incomplete(), 1U);
}

TEST(BlockPieces, A_period_that_began_before_its_slot_was_reopened_is_not_the_new_stream_s) {
  Trace trace;
  trace.on(kAudio, 80, REFWAVE_TRACE_PERIOD_BEGIN).on(kAudio, 81, REFWAVE_TRACE_FINISHED, 0, 0);
  trace.on(kClient, 85, REFWAVE_TRACE_WRITTEN, 0, 0).on(kAudio, 90, REFWAVE_TRACE_PERIOD_END);
  trace.notified(kNotifier, 200);
  EXPECT_THAT(trace.lives.take(), IsEmpty()) << "no period has finished it yet";
  trace.period();
  EXPECT_THAT(trace.only_pieces(), ElementsAre(3, 37, 0, 50, 5));
}

}  // namespace
}  // namespace refwave::trace
