#include "hal/clocked/clocked_device.h"

#include <algorithm>
#include <utility>

#include "hal/clocked/clocked_backend.h"

namespace refwave::hal {

ClockedDevice::ClockedDevice(std::shared_ptr<ClockedLine> line, Direction direction, std::size_t place)
    : line_(std::move(line)), direction_(direction), place_(place) {
  const ClockedLine::Options& options = line_->options();
  info_ = {.name = kClockedName,
           .format = options.format,
           .period_frames = options.period_frames,
           .latency_frames = std::max(options.period_frames, options.loop_frames),
           .stack_bytes = options.speed > 0.0 ? kClockedStackBytes : 0};
}

}  // namespace refwave::hal
