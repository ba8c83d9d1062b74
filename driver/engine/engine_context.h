// The parts of a driver that all its engines share. They are as old as the driver and outlive its engines.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "driver/core/stream/stream_table.h"
#include "driver/engine/device_thread.h"
#include "driver/engine/housekeeper.h"
#include "driver/journal/journal.h"
#include "hal/devices.h"

namespace refwave::engine {

struct EngineContext {
  std::shared_ptr<core::StreamTable> table;
  std::shared_ptr<hal::Devices> devices;
  std::shared_ptr<journal::Journal> journal;
  std::shared_ptr<std::atomic<std::uint32_t>> next_epoch;
  Housekeeper* housekeeper = nullptr;
  std::shared_ptr<DeviceThread> device_thread;
};

}  // namespace refwave::engine
