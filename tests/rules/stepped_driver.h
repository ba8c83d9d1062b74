// The driver's streams, engines and notifiers around stepped clocked devices, put together as control::Driver
// does it, with one difference: every audio callback runs inside an AudioScope.
#pragma once

#include <cstdint>
#include <memory>

#include "driver/control/streams.h"
#include "driver/engine/engine.h"
#include "driver/engine/housekeeper.h"
#include "driver/notify/notifiers.h"
#include "hal/clocked/clocked_backend.h"

namespace refwave::test {

class SteppedDriver {
 public:
  explicit SteppedDriver(const configuration::Configuration& configuration);
  /// Effects: closes all streams, ends all threads.
  ~SteppedDriver();
  SteppedDriver(const SteppedDriver&) = delete;
  SteppedDriver& operator=(const SteppedDriver&) = delete;

  /// Returns: the stream's handle; 0 if it cannot be opened.
  control::Handle open(hal::Direction direction, const dsp::Format& format,
                       core::ClientCallback::Function function);
  control::Streams& streams() { return *streams_; }
  void set_device_volume(std::uint32_t volume) { output_->volume().store(volume); }
  /// Effects: runs so many periods on this thread, then waits for their messages. Returns: false if those do
  /// not come.
  bool step(std::uint32_t periods);

 private:
  const configuration::Configuration configuration_;
  engine::EngineContext context_;
  std::shared_ptr<control::Streams> streams_;
  std::unique_ptr<notify::Notifiers> notifiers_;
  std::unique_ptr<engine::Housekeeper> housekeeper_;
  hal::ClockedBackend* clock_ = nullptr;  // behind context_.devices
  std::shared_ptr<engine::Engine> output_;
  std::shared_ptr<engine::Engine> input_;
};

}  // namespace refwave::test
