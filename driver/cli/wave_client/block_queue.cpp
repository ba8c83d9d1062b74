#include "driver/cli/wave_client/block_queue.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::chrono::seconds kStalledAfter{5};

}  // namespace

BlockQueue::BlockQueue(std::size_t blocks, std::size_t block_bytes) : blocks_(blocks) {
  set_block_bytes(block_bytes);
}

void BlockQueue::set_block_bytes(std::size_t bytes) {
  try {
    for (Block& block : blocks_) block.memory.resize(bytes);
  } catch (const std::bad_alloc&) {
    for (Block& block : blocks_) block.memory = {};
    throw Failure("no memory for " + std::to_string(blocks_.size()) +
                  formatted(" blocks of %.1f MB; choose fewer or smaller ones (-n, -b)",
                            static_cast<double>(bytes) / 1e6));
  }
  for (Block& block : blocks_) {
    block.header.lpData = reinterpret_cast<LPSTR>(block.memory.data());
    block.header.dwBufferLength = static_cast<DWORD>(bytes);
  }
}

void BlockQueue::set_blocks(std::size_t blocks) {
  const std::size_t bytes = blocks_.front().memory.size();
  blocks_ = std::vector<Block>(blocks);
  set_block_bytes(bytes);
}

std::size_t enough_blocks(std::size_t least, std::size_t block_frames, double taken_at_once) {
  const double whole = std::ceil(taken_at_once / static_cast<double>(block_frames));
  return whole <= 1 ? least : std::max(least, static_cast<std::size_t>(whole) + 2);
}

bool Watchdog::is_stalled(std::uint64_t position) {
  if (position != position_) {
    position_ = position;
    since_ = RunningTime();
  }
  return since_.so_far() > kStalledAfter;
}

}  // namespace refwave::cli
