// The driver's streams, engines and notifiers around stepped clocked devices, put together as stream::Driver
// does it, but for one thing: every audio callback runs inside an AudioScope.
#pragma once

#include <cstdint>
#include <memory>

#include "driver/stream/engine.h"
#include "driver/stream/housekeeper.h"
#include "driver/stream/notifiers.h"
#include "driver/stream/streams.h"
#include "hal/clocked_backend.h"

namespace refwave::test {

class SteppedRoom {
 public:
  explicit SteppedRoom(const stream::Configuration& configuration);
  /// Effects: closes all streams, ends all threads.
  ~SteppedRoom();
  SteppedRoom(const SteppedRoom&) = delete;
  SteppedRoom& operator=(const SteppedRoom&) = delete;

  /// Returns: the stream's handle; 0 if it cannot be opened.
  stream::Handle open(hal::Direction direction, const dsp::Format& format,
                      core::ClientCallback::Function function);
  stream::Streams& streams() { return *streams_; }
  void set_device_volume(std::uint32_t volume) { output_->volume().store(volume); }
  /// Effects: runs so many periods on this thread, then waits for their messages. Returns: false if those do
  /// not come.
  bool step(std::uint32_t periods);

 private:
  const stream::Configuration configuration_;
  stream::EngineRoom room_;
  std::shared_ptr<stream::Streams> streams_;
  std::unique_ptr<stream::Notifiers> notifiers_;
  std::unique_ptr<stream::Housekeeper> housekeeper_;
  hal::ClockedBackend* clock_ = nullptr;  // behind room_.devices
  std::shared_ptr<stream::Engine> output_;
  std::shared_ptr<stream::Engine> input_;
};

}  // namespace refwave::test
