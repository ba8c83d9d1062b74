#include "inf/cli/wave_client/block_queue.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {

WAVEFORMATEXTENSIBLE wave_format(const dsp::Format& format) {
  const bool is_float = format.type == dsp::SampleType::f32 || format.type == dsp::SampleType::f64;
  const bool is_plain = format.channels <= 2 && format.channel_mask == 0 &&
                        (is_float || dsp::bytes_per_sample(format.type) <= 2);
  const auto bytes_per_frame = static_cast<WORD>(format.bytes_per_frame());
  const auto bits = static_cast<WORD>(8 * dsp::bytes_per_sample(format.type));

  WAVEFORMATEXTENSIBLE wave{};
  wave.Format.nChannels = format.channels;
  wave.Format.nSamplesPerSec = format.rate;
  wave.Format.nAvgBytesPerSec = format.rate * bytes_per_frame;
  wave.Format.nBlockAlign = bytes_per_frame;
  wave.Format.wBitsPerSample = bits;
  wave.Format.wFormatTag = is_float ? WAVE_FORMAT_IEEE_FLOAT : WAVE_FORMAT_PCM;
  if (is_plain) return wave;
  wave.Format.wFormatTag = WAVE_FORMAT_EXTENSIBLE;
  wave.Format.cbSize = sizeof(WAVEFORMATEXTENSIBLE) - sizeof(WAVEFORMATEX);
  wave.Samples.wValidBitsPerSample = bits;
  wave.dwChannelMask = format.channel_mask;
  wave.SubFormat = is_float ? KSDATAFORMAT_SUBTYPE_IEEE_FLOAT : KSDATAFORMAT_SUBTYPE_PCM;
  return wave;
}

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

std::size_t enough_blocks(BlockQueue& queue, const dsp::Format& format,
                          const std::optional<REFWAVE_STATISTICS>& device) {
  const std::size_t least = queue.blocks().size();
  if (!device) return least;
  const std::size_t block_frames = queue.blocks().front().memory.size() / format.bytes_per_frame();
  const double at_once = static_cast<double>(device->dwDevicePeriodFrames) * format.rate / device->dwRate;
  const double whole = std::ceil(at_once / static_cast<double>(block_frames));
  return whole <= 1 ? least : std::max(least, static_cast<std::size_t>(whole) + 2);
}

bool Watchdog::is_stalled(std::uint64_t position) {
  constexpr std::chrono::seconds kStalledAfter{5};
  if (position != position_) {
    position_ = position;
    since_ = RunningTime();
  }
  return since_.so_far() > kStalledAfter;
}

}  // namespace refwave::cli
