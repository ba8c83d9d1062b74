// Loads the drivers of the keys wave, wave1 … wave9, as Windows documents Drivers32. One thread loads,
// outside the lock; others wait.
#include "inf/host/wave/wave_devices.h"

#include <winmm_host.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "hal/system/mutex.h"
#include "hal/system/status.h"
#include "inf/host/installable/driver_table.h"
#include "inf/host/installable/installable_driver.h"
#include "inf/host/text.h"

namespace refwave::host {
namespace {

constexpr std::array kKeys = {"wave",  "wave1", "wave2", "wave3", "wave4",
                              "wave5", "wave6", "wave7", "wave8", "wave9"};

struct SideNames {
  const char* entry;
  UINT count_message;
};
constexpr std::array<SideNames, 2> kSideNames = {
    {{"wodMessage", WODM_GETNUMDEVS}, {"widMessage", WIDM_GETNUMDEVS}}};

WaveSide start_side(const DriverLibrary& library, const SideNames& names) {
  WaveSide side;
  side.message = reinterpret_cast<WaveMessage>(library.find(names.entry));
  if (side.message == nullptr) return side;
  side.message(0, DRVM_INIT, 0, 0, 0);
  side.message(0, DRVM_ENABLE, 0, 0, 0);
  const DWORD devices = side.message(0, names.count_message, 0, 0, 0);
  // An error code has a high word.
  side.devices = HIWORD(devices) == 0 ? devices : 0;
  return side;
}

void stop_driver(const WaveDriver& driver) {
  for (const WaveSide& side : driver.sides) {
    if (side.message == nullptr) continue;
    side.message(0, DRVM_DISABLE, 0, 0, 0);
    side.message(0, DRVM_EXIT, 0, 0, 0);
  }
  close_driver(driver.handle, 0, 0);
}

/// The started drivers. Unless take() is called, they are stopped, the last first.
class Started {
 public:
  Started() { drivers_.reserve(kKeys.size()); }
  ~Started() { std::for_each(drivers_.rbegin(), drivers_.rend(), stop_driver); }
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  bool empty() const { return drivers_.empty(); }
  /// Errors: why the driver is not used.
  hal::Status start(const DriverLocation& location) {
    OpenedDriver opened = open_driver(location, 0);
    if (opened.handle == nullptr) return hal::Status::failure(opened.error);
    WaveDriver& driver =
        drivers_.emplace_back(WaveDriver{.handle = opened.handle, .library = std::move(opened.library)});
    for (std::size_t i = 0; i < kSideNames.size(); ++i)
      driver.sides[i] = start_side(*driver.library, kSideNames[i]);
    if (driver.sides[0].message != nullptr || driver.sides[1].message != nullptr) return {};
    stop_driver(driver);
    drivers_.pop_back();
    return hal::Status::failure(
        location.origin + ": the driver exports neither wodMessage nor widMessage, so it is no wave driver");
  }
  std::shared_ptr<const WaveDevices> take() {
    return std::make_shared<const WaveDevices>(std::move(drivers_));
  }

 private:
  std::vector<WaveDriver> drivers_;
};

struct Loaded {
  std::shared_ptr<const WaveDevices> devices;
  std::string errors;
};

struct Registered {
  const char* key;
  DriverLocation location;
};

/// `why_none`: why the first key names nothing.
std::vector<Registered> find_wave_drivers(std::string& why_none) {
  std::vector<Registered> found;
  for (const char* key : kKeys) {
    DriverLocation location = find_registered_driver("drivers32", key);
    if (location.registered) {
      found.push_back({key, std::move(location)});
    } else if (why_none.empty()) {
      why_none = std::move(location.error);
    }
  }
  return found;
}

Loaded load_all() {
  Started drivers;
  std::string errors;
  std::string none_registered;
  for (const Registered& driver : find_wave_drivers(none_registered)) {
    const hal::Status started = drivers.start(driver.location);
    if (!started.ok()) errors += (errors.empty() ? "" : "\n") + started.reason();
  }
  if (drivers.empty() && errors.empty()) errors = "no wave driver is registered: " + none_registered;
  return {drivers.take(), std::move(errors)};
}

/// Loads the drivers once, at the first request, until they are unloaded.
class WaveSystem {
 public:
  Loaded get() {
    hal::MutexLock lock(mutex_);
    if (!wait_until_settled()) return {std::make_shared<const WaveDevices>(std::vector<WaveDriver>()), {}};
    if (loaded_.devices != nullptr) return loaded_;
    changed_by_ = std::this_thread::get_id();
    lock.unlock();
    try {
      Loaded loaded = load_all();
      lock.lock();
      settle(std::move(loaded));
    } catch (...) {
      // Nothing is loaded, and the next caller tries again.
      lock.lock();
      settle({});
      throw;
    }
    return loaded_;
  }

  void unload() {
    hal::MutexLock lock(mutex_);
    if (!wait_until_settled() || loaded_.devices == nullptr) return;
    auto devices = std::exchange(loaded_, {}).devices;
    changed_by_ = std::this_thread::get_id();
    lock.unlock();
    std::for_each(devices->drivers().rbegin(), devices->drivers().rend(), stop_driver);
    // Unloads the drivers, not under the lock.
    devices.reset();
    lock.lock();
    settle({});
  }

 private:
  /// Effects: this thread no longer loads or unloads.
  void settle(Loaded loaded) REQUIRES(mutex_) {
    loaded_ = std::move(loaded);
    changed_by_ = std::thread::id();
    settled_.notify_all();
  }

  /// Returns: false if this thread itself is loading or unloading, and the driver calls back.
  bool wait_until_settled() REQUIRES(mutex_) {
    if (changed_by_ == std::this_thread::get_id()) return false;
    while (changed_by_ != std::thread::id()) settled_.wait(mutex_);
    return true;
  }

  hal::Mutex mutex_;
  hal::Condition settled_;
  std::thread::id changed_by_ GUARDED_BY(mutex_);  // no thread: settled
  Loaded loaded_ GUARDED_BY(mutex_);               // no devices: not loaded
};

WaveSystem& wave_system() {
  static auto& system = *new WaveSystem;  // never destroyed: process exit calls no driver and never waits
  return system;
}

}  // namespace

UINT WaveDevices::count(Direction direction) const {
  UINT devices = 0;
  for (const WaveDriver& driver : drivers_) devices += driver.side(direction).devices;
  return devices;
}

std::optional<WaveDevice> WaveDevices::find(Direction direction, UINT id) const {
  UINT number = id;
  for (const WaveDriver& driver : drivers_) {
    const WaveSide& side = driver.side(direction);
    if (number < side.devices) return WaveDevice{driver.library, side.message, number, id};
    number -= side.devices;
  }
  return std::nullopt;
}

std::shared_ptr<const WaveDevices> wave_devices() {
  Loaded loaded = wave_system().get();
  set_last_error(std::move(loaded.errors));
  return loaded.devices;
}

void unload_wave_devices() { wave_system().unload(); }

}  // namespace refwave::host

void WINAPI winmm_host_list_registrations(void(CALLBACK* tell)(LPVOID, const WINMM_HOST_REGISTRATION*),
                                          LPVOID context) {
  std::string why_none;
  const auto found = refwave::host::find_wave_drivers(why_none);
  for (const auto& [key, location] : found) {
    const WINMM_HOST_REGISTRATION registration = {key, location.origin.c_str(), location.path.c_str(),
                                                  location.parameters.c_str(), location.error.c_str()};
    tell(context, &registration);
  }
  if (!found.empty()) return;
  const WINMM_HOST_REGISTRATION none = {"", "", "", "", why_none.c_str()};
  tell(context, &none);
}
