// The sound devices and engines of one configuration. A driver makes them without opening anything, and takes
// others over with new settings. Control threads.
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
  hal::ClockedBackend* clock = nullptr;  // among devices
  std::array<Engines, 2> engines;        // by direction

  const Engines& of(hal::Direction direction) const { return engines[static_cast<std::size_t>(direction)]; }
  template <typename Act>
  void each(Act act) const {
    for (const Engines& all : engines) {
      for (const auto& engine : all) act(*engine);
    }
  }
};

/// Returns: the devices and engines of that configuration. Throws std::bad_alloc.
Equipment make_equipment(const configuration::Configuration& configuration,
                         const engine::EngineContext& context);
/// Returns: engines of that configuration for the devices of `other`, whose clock has other settings.
Equipment share_devices(const Equipment& other, const configuration::Configuration& configuration,
                        const engine::EngineContext& context);

/// Effects: lets go what was in use, and closes its devices on a thread of its own, because each device may
/// take two seconds. Waits as long as there is patience. Without memory or a thread for that they are closed
/// here, however long it takes.
void close_devices(std::shared_ptr<const Equipment> equipment, const hal::Patience& patience);

/// What a driver uses now. The supervisor, who ticks it, may outlive the driver if its thread is abandoned.
class EquipmentInUse {
 public:
  /// Returns: null before the first replace(), and after the driver's end.
  std::shared_ptr<const Equipment> now() const {
    const hal::MutexLock lock(mutex_);
    return equipment_;
  }
  /// Returns: what was in use before. `next`: null for none.
  std::shared_ptr<const Equipment> replace(std::shared_ptr<const Equipment> next) noexcept {
    const hal::MutexLock lock(mutex_);
    return std::exchange(equipment_, std::move(next));
  }
  /// Effects: the engines check their devices; then calls `look` with what is in use. Returns: whether a
  /// device is open. Thread: the supervisor.
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
