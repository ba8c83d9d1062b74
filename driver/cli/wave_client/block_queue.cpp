#include "driver/cli/wave_client/block_queue.h"

namespace refwave::cli {
namespace {

constexpr auto kStalledAfter = std::chrono::seconds(5);

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
  const auto now = std::chrono::steady_clock::now();
  if (position != position_) {
    position_ = position;
    since_ = now;
  }
  return now - since_ > kStalledAfter;
}

}  // namespace refwave::cli
