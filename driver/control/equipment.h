// The sound devices and engines of one configuration. Making them opens nothing. Control threads.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "driver/configuration/configuration.h"
#include "driver/engine/engine.h"
#include "hal/clocked/clocked_backend.h"
#include "hal/devices.h"
#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"

namespace refwave::control {

struct Equipment {
  using Engines = std::vector<std::shared_ptr<engine::Engine>>;

  std::shared_ptr<hal::Devices> devices;
  hal::ClockedBackend* clock = nullptr;           // among devices
  std::array<std::vector<std::string>, 2> names;  // by direction, as of engines
  std::array<Engines, 2> engines;
  bool lacks_others = false;  // the configuration names hal::kOthers, which are not listed yet

  const Engines& of(hal::Direction direction) const { return engines[static_cast<std::size_t>(direction)]; }
  template <typename Act>
  void each(Act act) const {
    for (const Engines& all : engines) {
      for (const auto& engine : all) act(*engine);
    }
  }
};

/// Without the devices that hal::kOthers stands for. Throws std::bad_alloc.
Equipment make_equipment(const configuration::Configuration& configuration,
                         const engine::EngineContext& context);
/// Returns: engines on the devices of `other`.
Equipment share_devices(const Equipment& other, const configuration::Configuration& configuration,
                        const engine::EngineContext& context);
/// Returns: the same with all devices. Takes two seconds at most for each direction.
Equipment list_others(const Equipment& equipment, configuration::Configuration configuration,
                      const engine::EngineContext& context);

/// Effects: closes the devices on a thread of its own, because each may take two seconds, and waits while
/// there is patience. Without memory or a thread it closes them here, however long that takes.
void close_devices(std::shared_ptr<const Equipment> equipment, const hal::Patience& patience);

/// What a driver uses now. Outlives the driver if the supervisor's thread is leaked.
class EquipmentInUse {
 public:
  /// Returns: null before the first replace(), and after the driver's end.
  std::shared_ptr<const Equipment> now() const {
    const hal::MutexLock lock(mutex_);
    return equipment_;
  }
  /// Returns: the previous equipment.
  std::shared_ptr<const Equipment> replace(std::shared_ptr<const Equipment> next) noexcept {
    const hal::MutexLock lock(mutex_);
    return std::exchange(equipment_, std::move(next));
  }
  /// Effects: ticks the engines, then calls `look`. Returns: whether a device is open.
  using Look = std::function<void(const Equipment& equipment, bool is_open)>;
  bool tick(const Look& look);
  /// Effects: waits until the supervisor no longer uses what was replaced.
  void wait_for_tick() { const hal::MutexLock lock(ticking_); }

 private:
  hal::Mutex ticking_;        // before mutex_
  mutable hal::Mutex mutex_;  // held briefly
  std::shared_ptr<const Equipment> equipment_ GUARDED_BY(mutex_);
};

}  // namespace refwave::control
