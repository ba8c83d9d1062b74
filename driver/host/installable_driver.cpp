// Instances, and the messages that bring a driver to life and end it.
#include "driver/host/installable_driver.h"

#include <atomic>
#include <filesystem>
#include <utility>

#include "driver/host/driver_modules.h"
#include "driver/host/handle_table.h"
#include "driver/host/text.h"

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

// Neither is ever destroyed: threads may outlive main.
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

struct NewInstance {
  HDRVR handle;
  std::shared_ptr<DriverInstance> instance;
};

NewInstance add_instance(const std::shared_ptr<DriverModule>& module, bool session) {
  auto instance = std::make_shared<DriverInstance>();
  instance->module = module;
  instance->library = module->library;
  instance->session = session;
  return {instances().add(instance), instance};
}

/// Effects: DRV_OPEN. Returns: false if the driver refused.
bool send_open(const NewInstance& opening, const std::string& parameters, LPARAM lparam2) {
  const WideText wide = to_utf16(parameters);
  const auto lparam1 = reinterpret_cast<LPARAM>(wide.c_str());
  const LRESULT identifier = send(*opening.instance, opening.handle, DRV_OPEN, lparam1, lparam2);
  opening.instance->identifier = static_cast<DWORD_PTR>(identifier);
  return identifier != 0;
}

/// Effects: the messages before a driver's first own DRV_OPEN. Returns: empty, or why the driver stays out.
std::string send_load(const NewInstance& first, const std::string& parameters, bool with_session) {
  if (send(*first.instance, first.handle, DRV_LOAD) == 0) return "the driver refused DRV_LOAD";
  send(*first.instance, first.handle, DRV_ENABLE);
  if (!with_session) return {};
  DriverModule& module = *first.instance->module;
  const NewInstance session = add_instance(first.instance->module, true);
  module.session = session.handle;
  if (send_open(session, parameters, 0)) return {};
  instances().remove(std::exchange(module.session, nullptr));
  send(*first.instance, first.handle, DRV_DISABLE);
  send(*first.instance, first.handle, DRV_FREE);
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

/// Effects: ends an instance that is closed or never was open; with the module's last one the driver is
/// unloaded.
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

/// Effects: brings a module that is the caller's to load into memory. Returns: empty, or why it failed.
std::string load(const std::shared_ptr<DriverModule>& module) {
  auto loaded = DriverLibrary::load(module->path);
  module->library = std::move(loaded.library);
  return loaded.error;
}

}  // namespace

OpenedDriver open_driver(const DriverLocation& location, LPARAM lparam2) {
  if (!location.found()) return {nullptr, nullptr, location.error};
  std::error_code ignored;
  const auto [use, module] =
      modules().acquire(path_text(std::filesystem::weakly_canonical(to_path(location.path), ignored)));
  if (use == DriverModules::Use::refused)
    return failed(location, "the driver opened itself while being loaded");

  if (use == DriverModules::Use::first) {
    if (const std::string error = load(module); !error.empty()) {
      modules().settle(*module, false);
      return failed(location, error);
    }
  }
  const NewInstance opening = add_instance(module, false);
  if (use == DriverModules::Use::first) {
    const std::string error = send_load(opening, location.parameters, lparam2 != 0);
    if (!error.empty()) instances().remove(opening.handle);
    modules().settle(*module, error.empty());
    if (!error.empty()) return failed(location, error);
  }
  if (!send_open(opening, location.parameters, lparam2)) {
    retire(*opening.instance, opening.handle);
    return failed(location, "the driver refused DRV_OPEN");
  }
  return {opening.handle, opening.instance->library, {}};
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
