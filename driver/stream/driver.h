// The driver's state between DRV_ENABLE and DRV_DISABLE: configuration, slots, engines, threads. Without
// Windows' types; driver/winmm translates. Control threads, any number at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "driver/stream/configuration.h"
#include "driver/stream/engine.h"
#include "driver/stream/notifiers.h"
#include "driver/stream/streams.h"
#include "hal/clocked_backend.h"
#include "hal/devices.h"

namespace refwave::stream {

class Driver {
 public:
  /// Effects: reads refwave.toml; touches no device and starts no thread.
  Driver();
  /// Only after end().
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Effects: closes all streams, their clients told; ends all threads; releases all devices. Returns: false
  /// if a thread could not be ended within two seconds (a client callback that does not return, a device that
  /// hangs, or a call from inside a callback): then the Driver must never be destroyed, nor its code
  /// unloaded.
  bool end();

  /// Effects: reads the string of DRV_OPEN over the configuration, if no stream is open; keeps warnings.
  void configure(std::string_view open_string);

  std::size_t devices(hal::Direction direction) const;
  /// Returns: what the configuration calls that wave device.
  std::string device_name(hal::Direction direction, std::size_t device) const;

  /// Errors: bad_device, all_slots_used, no_memory, no_device.
  Error open(std::size_t device, hal::Direction direction, const dsp::Format& format,
             const core::ClientCallback& callback, Handle& handle);
  Streams& streams() { return *streams_; }

  /// Left in the low word, right in the high one. Errors: bad_device.
  Error set_device_volume(std::size_t device, std::uint32_t volume);
  Error device_volume(std::size_t device, std::uint32_t& volume) const;

  /// Effects: looks at all devices anew (the machine may have slept). What is queued stays queued.
  void look_again();

  Statistics statistics();
  std::vector<hal::DeviceInfo> list_devices();
  std::string warnings() const { return room_.journal->text(); }
  /// Effects: runs the stepped clocked device so many periods on this thread.
  void step(std::uint32_t periods);

 private:
  struct EngineList;

  void build();
  const std::vector<std::shared_ptr<Engine>>& engines(hal::Direction direction) const {
    return direction == hal::Direction::output ? outputs_ : inputs_;
  }
  std::shared_ptr<Engine> engine(std::size_t device, hal::Direction direction) const;

  mutable std::mutex mutex_;  // guards configuration_, the engines, clock_ and starting threads
  Configuration configuration_;
  EngineRoom room_;
  std::shared_ptr<Streams> streams_;
  hal::ClockedBackend* clock_ = nullptr;  // among room_.devices
  std::vector<std::shared_ptr<Engine>> outputs_;
  std::vector<std::shared_ptr<Engine>> inputs_;
  std::unique_ptr<Notifiers> notifiers_;
  std::shared_ptr<EngineList> engine_list_;
  std::unique_ptr<Housekeeper> housekeeper_;
};

}  // namespace refwave::stream
