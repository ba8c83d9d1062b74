// The result of one run of the loop: the first channel of the recording, and the times at which each block
// was written, taken and given back. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace refwave::loopback {

struct Recording {
  std::uint32_t rate = 48'000;  // of both streams
  std::uint32_t block_frames = 480;
  std::vector<std::int16_t> samples{};
  // On the monotonic clock, in ns, block by block.
  std::vector<std::int64_t> written_ns{};   // output: the client wrote the block
  std::vector<std::int64_t> done_ns{};      // output: the driver reported the block as done
  std::vector<std::int64_t> recorded_ns{};  // input: the driver reported the block as full
  double seconds = 0;
};

}  // namespace refwave::loopback
