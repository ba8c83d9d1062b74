// Instances, and the messages with which a driver begins and ends.
#include "driver/host/installable/installable_driver.h"

#include <atomic>
#include <filesystem>
#include <optional>
#include <utility>

#include "driver/host/handle_table.h"
#include "driver/host/installable/driver_modules.h"
#include "driver/host/text.h"
#include "hal/system/status.h"

namespace refwave::host {
namespace {

/// One DRV_OPEN that has not been closed.
struct DriverInstance {
  std::shared_ptr<DriverModule> module;
  std::shared_ptr<DriverLibrary> library;
  bool session = false;                   // the host's own, which no client closes
  std::atomic<DWORD_PTR> identifier = 0;  // what DRV_OPEN returned
  std::atomic<bool> closing = false;
};

using InstanceTable = HandleTable<HDRVR, DriverInstance>;

// Neither is ever destroyed, because threads may outlive main.
InstanceTable& instances() {
  static auto& table = *new InstanceTable;
  return table;
}

DriverModules& modules() {
  static auto& table = *new DriverModules;
  return table;
}

LRESULT send(const DriverInstance& instance, HDRVR handle, UINT message, LPARAM lparam1 = 0,
             LPARAM lparam2 = 0) {
  return instance.library->driver_proc()(instance.identifier, handle, message, lparam1, lparam2);
}

/// An instance that is being opened; forgotten again unless it is kept. Only its constructor allocates,
/// before the driver gets a message.
class Opening {
 public:
  explicit Opening(bool session)
      : instance_(std::make_shared<DriverInstance>()), handle_(instances().add(instance_)) {
    instance_->session = session;
  }
  ~Opening() {
    if (!kept_) instances().remove(handle_);
  }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

  DriverInstance& instance() const { return *instance_; }
  HDRVR handle() const { return handle_; }
  void attach(const std::shared_ptr<DriverModule>& module) {
    instance_->library = module->library;
    instance_->module = module;
  }
  HDRVR keep() {
    kept_ = true;
    return handle_;
  }
  LRESULT notify(UINT message) const { return send(*instance_, handle_, message); }

 private:
  std::shared_ptr<DriverInstance> instance_;
  HDRVR handle_;
  bool kept_ = false;
};

/// Effects: DRV_OPEN. Returns: false if the driver refused.
bool send_open(const Opening& opening, const WideText& parameters, LPARAM lparam2) {
  const auto lparam1 = reinterpret_cast<LPARAM>(parameters.c_str());
  const LRESULT identifier = send(opening.instance(), opening.handle(), DRV_OPEN, lparam1, lparam2);
  opening.instance().identifier = static_cast<DWORD_PTR>(identifier);
  return identifier != 0;
}

/// Effects: the messages before a driver's first own DRV_OPEN; `session` is null, or is opened and kept.
/// Returns: null, or the reason why the driver is not used.
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

/// Effects: ends an instance that is closed or was never open. The end of the module's last instance unloads
/// the driver.
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

/// Other threads wait for the module until this object ends.
struct Loading {
  explicit Loading(const std::shared_ptr<DriverModule>& changing) : module(changing) {}
  ~Loading() { modules().settle(*module, loaded); }
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;

  std::shared_ptr<DriverModule> module;
  bool loaded = false;
};

/// Effects: loads a module that the caller has to load.
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
  if (instance == nullptr || instance->session || instance->closing.exchange(true)) return false;
  send(*instance, handle, DRV_CLOSE, lparam1, lparam2);
  retire(*instance, handle);
  return true;
}

LRESULT send_to_driver(HDRVR handle, UINT message, LPARAM lparam1, LPARAM lparam2) {
  const auto instance = instances().find(handle);
  return instance == nullptr ? 0 : send(*instance, handle, message, lparam1, lparam2);
}

std::shared_ptr<DriverLibrary> driver_library(HDRVR handle) {
  const auto instance = instances().find(handle);
  return instance == nullptr ? nullptr : instance->library;
}

std::shared_ptr<DriverLibrary> driver_library(HMODULE module) { return modules().find_library(module); }

}  // namespace refwave::host
