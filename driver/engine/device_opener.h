// Opens and starts an engine's sound devices. Without the engine's mutex: each call may take two seconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "driver/configuration/configuration.h"
#include "driver/core/stream/stream_table.h"
#include "driver/engine/device_side.h"
#include "driver/engine/device_thread.h"
#include "driver/engine/supervisor.h"
#include "driver/event_log/event_log.h"
#include "hal/devices.h"

namespace refwave::engine {

/// What all engines of a driver share. Outlives the engines.
struct EngineContext {
  std::shared_ptr<core::StreamTable> table;
  std::shared_ptr<hal::Devices> devices;
  std::shared_ptr<event_log::EventLog> event_log;
  std::shared_ptr<std::atomic<std::uint32_t>> next_epoch;
  Supervisor* supervisor = nullptr;
  std::shared_ptr<DeviceThread> device_thread;
};

/// A sound device and the driver's side of it.
struct OpenDevice {
  std::shared_ptr<DeviceSide> side;
  std::unique_ptr<hal::Device> device;
  bool clocked = false;
  bool is_fallback = false;                            // serves in place of the configured device
  hal::Availability missed = hal::Availability::none;  // why that one does not serve
  std::uint32_t preferred_rate = 0;                    // the rate it was asked for
};

class DeviceOpener {
 public:
  DeviceOpener(const EngineContext& context, hal::Direction direction, std::string device,
               const configuration::Configuration& configuration,
               std::shared_ptr<core::MembershipMask> membership);

  const std::string& wanted_device() const { return wanted_device_; }
  const std::shared_ptr<std::atomic<std::uint32_t>>& volume() const { return volume_; }
  const std::shared_ptr<core::MembershipMask>& membership() const { return membership_; }

  /// Returns: the configured device, else the clocked one if allowed, else null. `preferred`: a wish.
  std::shared_ptr<OpenDevice> open_configured(hal::Fallback fallback, const dsp::Format& preferred);
  /// Returns: why the newest open_configured() did not open the configured device. Thread: any.
  hal::Availability missed() const { return missed_.load(std::memory_order_relaxed); }
  /// Returns: the configured device, started and calling; null if it is not back yet.
  std::shared_ptr<OpenDevice> open_returned(const dsp::Format& preferred);
  /// Returns: a clocked device in that format, started; null if there is none: `problem` says why.
  std::shared_ptr<OpenDevice> open_clock_in(const dsp::Format& format, std::string& problem);

  /// Errors: false; `problem` says why.
  bool start(OpenDevice& device, std::string& problem);
  /// Effects: under completion = direct, threads that clients start on the sound library's thread have
  /// ordinary priority. Waits half a second for the first callback.
  void learn_audio_thread(OpenDevice& device);

 private:
  hal::OpenRequest request(const std::string& device, const dsp::Format& preferred) const;
  std::shared_ptr<OpenDevice> open(const hal::OpenRequest& request, hal::Fallback fallback,
                                   std::string& problem, hal::Availability* missed = nullptr);
  void report_open(const OpenDevice& opened, const hal::OpenRequest& request) const;
  void report_attempt(const std::string& problem);

  const EngineContext context_;
  const hal::Direction direction_;
  const std::string wanted_device_;
  const configuration::Configuration configuration_;
  const std::shared_ptr<core::MembershipMask> membership_;
  const std::shared_ptr<std::atomic<std::uint32_t>> volume_;
  std::atomic<hal::Availability> missed_{hal::Availability::none};  // control → control; orders nothing else
  std::string reported_problem_;  // of the newest attempt; as open_returned(), one caller at a time
};

}  // namespace refwave::engine
