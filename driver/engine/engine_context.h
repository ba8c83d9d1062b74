// The parts of a driver that all its engines share. They live as long as the driver and outlive its engines.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "driver/core/stream/stream_table.h"
#include "driver/engine/device_thread.h"
#include "driver/engine/supervisor.h"
#include "driver/event_log/event_log.h"
#include "hal/devices.h"

namespace refwave::engine {

struct EngineContext {
  std::shared_ptr<core::StreamTable> table;
  std::shared_ptr<hal::Devices> devices;
  std::shared_ptr<event_log::EventLog> event_log;
  std::shared_ptr<std::atomic<std::uint32_t>> next_epoch;
  Supervisor* supervisor = nullptr;
  std::shared_ptr<DeviceThread> device_thread;
};

}  // namespace refwave::engine
