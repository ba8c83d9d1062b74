#include "driver/core/ring/block_ring.h"

#include <gtest/gtest.h>

#include <vector>

#include "driver/core/ring/cache.h"

namespace refwave::core {
namespace {

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

TEST(BlockRing, Cursors_wrap_around_at_32_bits) {
  for (BlockRing::Cursor before = 0; before < 16; ++before) {
    BlockRing ring(4, 0U - before);
    for (std::uint32_t i = 0; i < 20; ++i) {
      ASSERT_TRUE(ring.push({.frames = i}));
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

}  // namespace
}  // namespace refwave::core
