#include "driver/cli/wave_client/block_queue.h"

namespace refwave::cli {
namespace {

constexpr std::chrono::seconds kStalledAfter{5};

}  // namespace

BlockQueue::BlockQueue(std::size_t blocks, std::size_t block_bytes) : blocks_(blocks) {
  set_block_bytes(block_bytes);
}

void BlockQueue::set_block_bytes(std::size_t bytes) {
  for (Block& block : blocks_) {
    block.memory.resize(bytes);
    block.header.lpData = reinterpret_cast<LPSTR>(block.memory.data());
    block.header.dwBufferLength = static_cast<DWORD>(bytes);
  }
}

bool Watchdog::is_stalled(std::uint64_t position) {
  if (position != position_) {
    position_ = position;
    since_ = RunningTime();
  }
  return since_.so_far() > kStalledAfter;
}

}  // namespace refwave::cli
