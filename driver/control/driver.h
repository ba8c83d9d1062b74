// The driver's state between DRV_ENABLE and DRV_DISABLE: configuration, slots, engines, threads. Without
// Windows' types; driver/winmm translates. Control threads, any number at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "driver/configuration/configuration.h"
#include "driver/control/equipment.h"
#include "driver/control/streams.h"
#include "driver/notify/notifiers.h"
#include "driver/watch/publisher.h"
#include "hal/system/mutex.h"

namespace refwave::control {

class Driver {
 public:
  /// Effects: reads refwave.toml; touches no device and starts no thread.
  Driver();
  /// Only after end().
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Effects: closes all streams and notifies their clients; ends all threads; releases all devices. It waits
  /// no longer than `patience` and a few moments, but for callbacks that it makes itself. Returns: false if a
  /// thread could not be ended by then (in a callback, a device, or a call from inside a callback): then the
  /// Driver must never be destroyed, nor its code unloaded. A call of another thread that is still under way
  /// ends as if there were no device, or no memory.
  bool end(const hal::Patience& patience = hal::Patience());

  /// Effects: changes the configuration by the string of DRV_OPEN, if no stream is open or being opened;
  /// keeps warnings. Opens that begin meanwhile wait until the previous devices are closed, two seconds each
  /// at most. Returns: whether the driver now has the settings that the string names.
  bool configure(std::string_view open_string);

  /// Returns: a second driver, for trying settings out: this driver's settings, changed by `open_string`. It
  /// uses the same sound devices and the same PortAudio thread, so the keys of the clocked device have no
  /// effect in it. It must end before this driver takes new settings over.
  std::unique_ptr<Driver> trial(std::string_view open_string) const;

  /// Thread: any; takes no lock.
  std::size_t devices(hal::Direction direction) const {
    return device_counts_[static_cast<std::size_t>(direction)].load(std::memory_order_relaxed);
  }
  /// Returns: what the configuration calls the wave devices of that direction.
  std::vector<std::string> device_names(hal::Direction direction) const;

  /// Errors: bad_device, all_slots_used, no_memory, no_device.
  Error open(std::size_t device, hal::Direction direction, const dsp::Format& format,
             const core::ClientCallback& callback, Handle& handle);
  Streams& streams() { return *streams_; }

  /// Left in the low word, right in the high one. Errors: bad_device.
  Error set_device_volume(std::size_t device, std::uint32_t volume);
  Error device_volume(std::size_t device, std::uint32_t& volume) const;

  /// Effects: lost devices are tried again at once, because the machine may have slept. Queued headers stay
  /// queued.
  void retry_lost_devices();

  core::Statistics statistics();
  notify::Notifiers& notifiers() { return *notifiers_; }
  std::vector<hal::DeviceInfo> list_devices(hal::AskRates ask = hal::AskRates::no);
  std::string warnings() const { return context_.event_log->text(); }
  std::size_t count_of_warnings() const { return context_.event_log->count(); }
  /// What the driver reports, of itself and of its refusals.
  const event_log::EventLog& event_log() const { return *context_.event_log; }
  /// Effects: runs the stepped clocked device for `periods` periods on this thread. Returns: false, and keeps
  /// a warning, inside a callback that such a step makes, because the device is then within a period.
  bool step(std::uint32_t periods);

 private:
  class Opening;

  explicit Driver(configuration::Configuration configuration);
  void open_log(const std::string& configured);
  std::string configured_log() const;
  void follow_log() noexcept;
  std::shared_ptr<const Equipment> replace_equipment(std::shared_ptr<const Equipment> next) noexcept;
  std::shared_ptr<engine::Engine> engine(std::size_t device, hal::Direction direction) const;

  mutable hal::Mutex mutex_;                     // held briefly
  hal::Condition settled_;                       // signalled when configuring_ is false again
  bool configuring_ GUARDED_BY(mutex_) = false;  // the previous devices are being closed
  std::size_t opening_ GUARDED_BY(mutex_) = 0;   // opens under way
  configuration::Configuration configuration_ GUARDED_BY(mutex_);
  const std::uint64_t abandoned_before_ = hal::abandoned_threads();
  std::string log_path_;  // of the log, or of what could not be one; one thread at a time: see configure()
  engine::EngineContext context_;
  std::shared_ptr<Streams> streams_;
  std::array<std::atomic<std::size_t>, 2> device_counts_{};  // of both directions, for messages
  std::shared_ptr<notify::Notifiers> notifiers_;
  const std::shared_ptr<EquipmentInUse> in_use_ = std::make_shared<EquipmentInUse>();
  std::shared_ptr<watch::Publisher> publisher_;
  std::unique_ptr<engine::Supervisor> supervisor_;
};

}  // namespace refwave::control
