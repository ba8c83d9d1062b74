// How many blocks a client needs in flight.
#include <gtest/gtest.h>

#include "driver/cli/wave_client/block_queue.h"
#include "driver/cli/wave_client/wave_out.h"

namespace refwave::cli {
namespace {

TEST(EnoughBlocks, Hold_what_the_device_takes_at_once_and_two_more) {
  EXPECT_EQ(enough_blocks(4, 480, 0), 4U) << "the device does not tell";
  EXPECT_EQ(enough_blocks(1, 480, 480), 1U) << "block by block";
  EXPECT_EQ(enough_blocks(4, 480, 960), 4U) << "four are enough";
  EXPECT_EQ(enough_blocks(4, 480, 2'880), 8U);
  EXPECT_EQ(enough_blocks(4, 480, 2'881), 9U);
  EXPECT_EQ(enough_blocks(16, 480, 2'880), 16U) << "more were asked for";
}

TEST(BlockQueue, More_blocks_have_the_same_length) {
  BlockQueue queue(4, 100);
  queue.set_blocks(9);
  ASSERT_EQ(queue.blocks().size(), 9U);
  for (const Block& block : queue.blocks()) {
    EXPECT_EQ(block.memory.size(), 100U);
    EXPECT_EQ(block.header.dwBufferLength, 100U);
    EXPECT_EQ(static_cast<const void*>(block.header.lpData), block.memory.data());
  }
}

// A position of 32 bits, as a driver of bytes and one of frames tell it.
TEST(Long_count, Goes_on_after_each_wrap) {
  LongCount count;
  constexpr std::uint64_t kStep = 1'500'000'000;
  for (std::uint64_t whole = 0; whole < (std::uint64_t{1} << 36U); whole += kStep)
    ASSERT_EQ(count.follow(static_cast<std::uint32_t>(whole)), whole);
}

}  // namespace
}  // namespace refwave::cli
