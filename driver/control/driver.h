// The driver's state between DRV_ENABLE and DRV_DISABLE, without Windows' types. Control threads, any number.
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
  /// Effects: reads refwave.toml, later files over earlier ones and `defaults`. Starts no thread but a log's.
  explicit Driver(
      const std::vector<configuration::ConfigurationFile>& files = configuration::configuration_files(),
      const configuration::Configuration& defaults = {});
  /// After end().
  ~Driver();

  /// Effects: closes all streams and notifies their clients, ends all threads, closes all devices, within
  /// `patience` and a few moments, plus the callbacks on this thread. Returns: false if a thread did not end:
  /// then the Driver must never be destroyed, nor its code unloaded. Calls still in progress answer an error.
  bool end(const hal::Patience& patience = hal::Patience());

  /// Effects: applies the string of DRV_OPEN, if no stream is open or being opened. Opens that begin
  /// meanwhile wait until the previous devices are closed. Returns: whether these settings apply now.
  bool configure(std::string_view open_string);

  /// Returns: a second driver with this one's settings, changed by `open_string`, on the same devices. The
  /// keys of the clocked device have no effect in it. It must end before this driver changes its settings.
  std::unique_ptr<Driver> trial(std::string_view open_string) const;

  /// Returns: the number of wave devices. The first call lists the devices that hal::kOthers stands for, in
  /// four seconds at most; every other takes no lock. Thread: any.
  std::size_t devices(hal::Direction direction) noexcept {
    const std::size_t count =
        device_counts_[static_cast<std::size_t>(direction)].load(std::memory_order_relaxed);
    return count == kNotListed ? list_others(direction) : count;
  }
  std::vector<std::string> device_names(hal::Direction direction) const;
  /// Returns: as hal::Devices::endpoint_id.
  std::u16string endpoint_id(hal::Direction direction, std::size_t device) const;

  /// Errors: bad_device, all_slots_used, no_memory, no_device.
  Error open(std::size_t device, hal::Direction direction, const dsp::Format& format,
             const core::ClientCallback& callback, Handle& handle);
  Streams& streams() { return *streams_; }

  /// `volume`: left in the low word, right in the high one. Errors: bad_device.
  Error set_device_volume(std::size_t device, std::uint32_t volume);
  Error device_volume(std::size_t device, std::uint32_t& volume) const;

  /// Effects: retries lost devices immediately. Queued headers stay queued.
  void retry_lost_devices();

  /// Effects: as Streams::drain(), and until the devices have played it.
  void drain() noexcept;
  core::Statistics statistics();
  notify::Notifiers& notifiers() { return *notifiers_; }
  std::vector<hal::DeviceInfo> list_devices();
  std::string warnings() const { return context_.event_log->text(); }
  std::size_t count_of_warnings() const { return context_.event_log->count(); }
  const event_log::EventLog& event_log() const { return *context_.event_log; }
  /// Effects: runs the stepped clocked device. Returns: false inside a callback of such a step.
  bool step(std::uint32_t periods);

  /// Of a leaked driver: the one leaked before it. It is kept reachable for leak checkers.
  Driver* left_before = nullptr;

 private:
  class Opening;
  static constexpr std::size_t kNotListed = ~std::size_t{0};

  explicit Driver(configuration::Configuration configuration);
  std::size_t list_others(hal::Direction direction) noexcept;
  void open_log(const std::string& configured);
  std::shared_ptr<const Equipment> replace_equipment(std::shared_ptr<const Equipment> next) noexcept;
  std::shared_ptr<engine::Engine> engine(std::size_t device, hal::Direction direction) const;

  mutable hal::Mutex mutex_;                     // held briefly
  hal::Condition settled_;                       // signalled when configuring_ is false again
  bool configuring_ GUARDED_BY(mutex_) = false;  // the previous devices are being closed
  std::size_t opening_ GUARDED_BY(mutex_) = 0;   // opens under way
  configuration::Configuration configuration_ GUARDED_BY(mutex_);
  const std::uint64_t abandoned_before_ = hal::abandoned_threads();
  std::string log_path_;  // the log's, usable or not; one thread at a time: see configure()
  engine::EngineContext context_;
  std::shared_ptr<Streams> streams_;
  std::array<std::atomic<std::size_t>, 2> device_counts_{};  // of both directions, for messages; kNotListed
  std::shared_ptr<notify::Notifiers> notifiers_;
  const std::shared_ptr<EquipmentInUse> in_use_ = std::make_shared<EquipmentInUse>();
  std::shared_ptr<watch::Publisher> publisher_;
  std::unique_ptr<engine::Supervisor> supervisor_;
};

}  // namespace refwave::control
