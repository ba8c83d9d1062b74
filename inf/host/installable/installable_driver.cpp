#include "inf/host/installable/installable_driver.h"

#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "hal/system/mutex.h"
#include "hal/system/status.h"
#include "inf/host/handle_table.h"
#include "inf/host/text.h"

namespace refwave::host {
namespace {

/// One driver in memory. The thread that loads or unloads it writes `library` and `session`.
struct DriverModule {
  std::string path;
  std::shared_ptr<DriverLibrary> library;
  HDRVR session = nullptr;

 private:
  friend class DriverModules;
  int users_ = 1;
  bool changing_ = true;
  std::thread::id changed_by_ = std::this_thread::get_id();
};

/// The drivers in memory, by file, reference-counted. Loading and unloading call the driver, so they run
/// outside the lock; meanwhile other threads wait for the module. Any thread.
class DriverModules {
 public:
  enum class Use { first, further, refused };
  struct Acquired {
    Use use = Use::refused;
    std::shared_ptr<DriverModule> module;
  };

  /// Effects: counts one more user of the file. Returns `first`: the caller must load it, and then call
  /// settle(); `refused`: this very thread is loading or unloading it, from inside the driver.
  Acquired acquire(const std::string& path);

  /// Effects: ends the calling thread's change, and wakes the waiting threads. Not `loaded`: removes the
  /// module.
  void settle(const DriverModule& module, bool loaded);

  /// Effects: counts one user less. Returns: true for the last one, which must unload it and call settle().
  bool release(DriverModule& module);

  /// Returns: the library of that handle; else null.
  std::shared_ptr<DriverLibrary> find_library(HMODULE handle);

 private:
  hal::Mutex mutex_;
  hal::Condition settled_;
  std::map<std::string, std::shared_ptr<DriverModule>> modules_ GUARDED_BY(mutex_);
};

DriverModules::Acquired DriverModules::acquire(const std::string& path) {
  const hal::MutexLock lock(mutex_);
  for (;;) {
    const auto found = modules_.find(path);
    if (found == modules_.end()) break;
    DriverModule& module = *found->second;
    if (!module.changing_) {
      ++module.users_;
      return {Use::further, found->second};
    }
    if (module.changed_by_ == std::this_thread::get_id()) return {};
    settled_.wait(mutex_);
  }
  auto module = std::make_shared<DriverModule>();
  module->path = path;
  modules_.emplace(path, module);
  return {Use::first, std::move(module)};
}

void DriverModules::settle(const DriverModule& module, bool loaded) {
  {
    const hal::MutexLock lock(mutex_);
    const auto found = modules_.find(module.path);
    found->second->changing_ = false;
    if (!loaded) modules_.erase(found);
  }
  settled_.notify_all();
}

bool DriverModules::release(DriverModule& module) {
  const hal::MutexLock lock(mutex_);
  if (--module.users_ > 0) return false;
  module.changing_ = true;
  module.changed_by_ = std::this_thread::get_id();
  return true;
}

std::shared_ptr<DriverLibrary> DriverModules::find_library(HMODULE handle) {
  const hal::MutexLock lock(mutex_);
  for (const auto& [path, module] : modules_) {
    if (!module->changing_ && module->library->module_handle() == handle) return module->library;
  }
  return nullptr;
}

/// One DRV_OPEN that has not been closed.
struct DriverInstance {
  std::shared_ptr<DriverModule> module;
  std::shared_ptr<DriverLibrary> library;
  bool session = false;                   // the host's own, which no client closes
  std::atomic<DWORD_PTR> identifier = 0;  // what DRV_OPEN returned
  std::atomic<bool> closing = false;
};

using InstanceTable = HandleTable<HDRVR, DriverInstance>;

InstanceTable& instances() {
  static constinit InstanceTable table;
  return table;
}

DriverModules& modules() {
  static auto& table = *new DriverModules;  // never destroyed: threads may outlive main
  return table;
}

LRESULT send(const DriverInstance& instance, HDRVR handle, UINT message, LPARAM lparam1 = 0,
             LPARAM lparam2 = 0) {
  return instance.library->driver_proc()(instance.identifier, handle, message, lparam1, lparam2);
}

/// An instance that is being opened, removed unless it is kept. Only its constructor allocates.
class Opening {
 public:
  explicit Opening(bool session) : instance_(instances().add(std::make_unique<DriverInstance>())) {
    instance_->session = session;
  }
  ~Opening() {
    if (!kept_) instances().remove(handle());
  }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

  DriverInstance& instance() const { return *instance_; }
  HDRVR handle() const { return instance_.handle(); }
  void attach(const std::shared_ptr<DriverModule>& module) {
    instance_->library = module->library;
    instance_->module = module;
  }
  HDRVR keep() {
    kept_ = true;
    return handle();
  }
  LRESULT notify(UINT message) const { return send(*instance_, handle(), message); }

 private:
  const InstanceTable::Use instance_;
  bool kept_ = false;
};

/// Effects: DRV_OPEN. Returns: false if the driver refused.
bool send_open(const Opening& opening, const WideText& parameters, LPARAM lparam2) {
  const auto lparam1 = reinterpret_cast<LPARAM>(parameters.c_str());
  const LRESULT identifier = send(opening.instance(), opening.handle(), DRV_OPEN, lparam1, lparam2);
  opening.instance().identifier = static_cast<DWORD_PTR>(identifier);
  return identifier != 0;
}

/// Effects: the messages before a driver's first own DRV_OPEN, with the session's, if not null. Returns:
/// null, or why the driver is not used.
const char* send_load(const Opening& first, const WideText& parameters, Opening* session) {
  if (first.notify(DRV_LOAD) == 0) return "the driver refused DRV_LOAD";
  first.notify(DRV_ENABLE);
  if (session == nullptr) return nullptr;
  const std::shared_ptr<DriverModule>& module = first.instance().module;
  session->attach(module);
  if (send_open(*session, parameters, 0)) {
    module->session = session->keep();
    return nullptr;
  }
  first.notify(DRV_DISABLE);
  first.notify(DRV_FREE);
  return "the driver refused DRV_OPEN (the session's)";
}

void send_free(const DriverInstance& last, HDRVR handle) {
  DriverModule& module = *last.module;
  if (const auto session = instances().find(module.session)) {
    send(*session, module.session, DRV_CLOSE);
    instances().remove(std::exchange(module.session, nullptr));
  }
  DRIVERPROC driver_proc = last.library->driver_proc();
  driver_proc(0, handle, DRV_DISABLE, 0, 0);
  driver_proc(0, handle, DRV_FREE, 0, 0);
}

/// Effects: ends an instance; the module's last one unloads the driver.
void retire(const DriverInstance& instance, HDRVR handle) {
  if (modules().release(*instance.module)) {
    send_free(instance, handle);
    instances().remove(handle);
    modules().settle(*instance.module, false);
  } else {
    instances().remove(handle);
  }
}

OpenedDriver failed(const DriverLocation& location, const std::string& reason) {
  return {nullptr, nullptr, location.origin + ": " + reason};
}

/// Other threads wait for the module while this object exists.
struct Loading {
  explicit Loading(const std::shared_ptr<DriverModule>& changing) : module(changing) {}
  ~Loading() { modules().settle(*module, loaded); }
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;

  std::shared_ptr<DriverModule> module;
  bool loaded = false;
};

hal::Status load(const std::shared_ptr<DriverModule>& module, Opening& first, const WideText& parameters,
                 Opening* session) {
  Loading loading(module);
  auto library = DriverLibrary::load(module->path);
  if (!library.error.empty()) return hal::Status::failure(library.error);
  module->library = std::move(library.library);
  first.attach(module);
  const char* const reason = send_load(first, parameters, session);
  loading.loaded = reason == nullptr;
  return loading.loaded ? hal::Status() : hal::Status::failure(reason);
}

}  // namespace

OpenedDriver open_driver(const DriverLocation& location, LPARAM lparam2) {
  if (!location.found()) return {nullptr, nullptr, location.error};
  const WideText parameters = to_utf16(location.parameters);
  Opening opening(false);
  std::optional<Opening> session;
  if (lparam2 != 0) session.emplace(true);
  std::error_code ignored;
  const auto [use, module] =
      modules().acquire(path_text(std::filesystem::weakly_canonical(to_path(location.path), ignored)));
  if (use == DriverModules::Use::refused)
    return failed(location, "the driver opened itself while being loaded");

  if (use == DriverModules::Use::further) opening.attach(module);
  if (use == DriverModules::Use::first) {
    const hal::Status loaded = load(module, opening, parameters, session ? &*session : nullptr);
    if (!loaded.ok()) return failed(location, loaded.reason());
  }
  if (!send_open(opening, parameters, lparam2)) {
    retire(opening.instance(), opening.handle());
    return failed(location, "the driver refused DRV_OPEN");
  }
  return {opening.keep(), opening.instance().library, {}};
}

bool close_driver(HDRVR handle, LPARAM lparam1, LPARAM lparam2) {
  const auto instance = instances().find(handle);
  if (!instance || instance->session || instance->closing.exchange(true)) return false;
  send(*instance, handle, DRV_CLOSE, lparam1, lparam2);
  retire(*instance, handle);
  return true;
}

LRESULT send_to_driver(HDRVR handle, UINT message, LPARAM lparam1, LPARAM lparam2) {
  const auto instance = instances().find(handle);
  return instance ? send(*instance, handle, message, lparam1, lparam2) : 0;
}

std::shared_ptr<DriverLibrary> driver_library(HDRVR handle) {
  const auto instance = instances().find(handle);
  return instance ? instance->library : nullptr;
}

std::shared_ptr<DriverLibrary> driver_library(HMODULE module) { return modules().find_library(module); }

}  // namespace refwave::host
