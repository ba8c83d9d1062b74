#include "driver/core/ring/block_ring.h"

#include <gtest/gtest.h>

#include <vector>

#include "driver/core/ring/cache.h"

namespace refwave::core {
namespace {

constexpr BlockRing::Cursor kAtTheWrap = 0xFFFF'FFFDU;

Block numbered(std::uint32_t number) { return {.frames = number}; }

/// Effects: releases every block before the play cursor.
void release_played(BlockRing& ring) {
  while (ring.released() != ring.play()) ring.release_one();
}

TEST(Prefetch, Reaches_every_line_of_an_object_that_begins_inside_one) {
  std::vector<std::uintptr_t> lines;
  const auto note = [&](std::uintptr_t line) { lines.push_back(line / hal::kCacheLine); };
  for_each_line(10 * hal::kCacheLine, 1, note);
  EXPECT_EQ(lines, (std::vector<std::uintptr_t>{10}));
  lines.clear();
  for_each_line(11 * hal::kCacheLine - 8, hal::kCacheLine, note);
  EXPECT_EQ(lines, (std::vector<std::uintptr_t>{10, 11}));
  lines.clear();
  for_each_line(10 * hal::kCacheLine, 2 * hal::kCacheLine, note);
  EXPECT_EQ(lines, (std::vector<std::uintptr_t>{10, 11}));
}

TEST(BlockRing, A_full_ring_refuses_a_block_until_a_message_is_taken) {
  BlockRing ring(4);
  for (std::uint32_t i = 0; i < 4; ++i) ASSERT_TRUE(ring.push(numbered(i)));

  EXPECT_FALSE(ring.push(numbered(99)));
  EXPECT_EQ(ring.written(), 4U);
  ring.skip_all();
  release_played(ring);
  EXPECT_FALSE(ring.push(numbered(99))) << "released, but its message has not been taken";
  EXPECT_EQ(ring.take().frames, 0U);
  EXPECT_TRUE(ring.push(numbered(4)));
  EXPECT_FALSE(ring.push(numbered(99)));
}

TEST(BlockRing, Cursors_wrap_around_at_32_bits) {
  for (BlockRing::Cursor before = 0; before < 16; ++before) {
    BlockRing ring(4, 0U - before);
    for (std::uint32_t i = 0; i < 20; ++i) {
      ASSERT_TRUE(ring.push(numbered(i)));
      EXPECT_TRUE(ring.queued());
      ASSERT_NE(ring.playing(), nullptr);
      EXPECT_EQ(ring.playing()->frames, i);
      ring.set_play(ring.play() + 1);
      ring.release_one();
      EXPECT_FALSE(ring.queued());
      EXPECT_EQ(ring.take().frames, i);
    }
    EXPECT_EQ(ring.written(), 20U - before);
  }
}

TEST(BlockRing, A_ring_across_the_wrap_fills_to_its_capacity_and_no_further) {
  BlockRing ring(4, kAtTheWrap);
  for (std::uint32_t i = 0; i < 4; ++i) ASSERT_TRUE(ring.push(numbered(i)));
  EXPECT_FALSE(ring.push(numbered(4)));
}

TEST(BlockRing, Skip_all_leaves_nothing_to_play_and_everything_to_release) {
  BlockRing ring(8, kAtTheWrap);
  for (std::uint32_t i = 0; i < 6; ++i) ring.push(numbered(i));
  ring.set_play(ring.play() + 1);

  EXPECT_EQ(ring.skip_all(), ring.written());
  EXPECT_EQ(ring.playing(), nullptr);
  EXPECT_TRUE(ring.queued());
  EXPECT_EQ(ring.released(), kAtTheWrap);
  ring.push(numbered(6));
  ASSERT_NE(ring.playing(), nullptr);
  EXPECT_EQ(ring.playing()->frames, 6U);
}

TEST(BlockRing, A_loop_moves_play_back_over_blocks_that_are_not_released) {
  BlockRing ring(4, kAtTheWrap);
  for (std::uint32_t i = 0; i < 4; ++i) ring.push(numbered(i));
  const BlockRing::Cursor begin = ring.play() + 1;

  std::vector<std::uint32_t> heard;
  for (int pass = 0; pass < 3; ++pass) {
    while (Block* block = ring.playing()) {
      heard.push_back(block->frames);
      ring.set_play(ring.play() + 1);
    }
    ring.set_play(begin);
  }
  EXPECT_EQ(heard, (std::vector<std::uint32_t>{0, 1, 2, 3, 1, 2, 3, 1, 2, 3}));
  EXPECT_FALSE(ring.push(numbered(4))) << "no entry is free while the loop holds them";
}

TEST(BlockRing, A_sealed_ring_is_released_by_who_has_sealed_it_alone) {
  BlockRing ring(4, 0xFFFF'FFFE);
  for (std::uint32_t i = 0; i < 4; ++i) ring.push(numbered(i));
  EXPECT_TRUE(ring.release_one());
  EXPECT_EQ(ring.seal(), 0xFFFF'FFFFU);
  EXPECT_FALSE(ring.release_one());
  EXPECT_EQ(ring.released(), 0xFFFF'FFFFU);
  EXPECT_TRUE(ring.queued());
  ring.release_sealed();
  EXPECT_FALSE(ring.queued());
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(ring.has_released());
    EXPECT_EQ(ring.take().frames, i);
  }
  EXPECT_FALSE(ring.has_released());
}

}  // namespace
}  // namespace refwave::core
