// OpenDriver, CloseDriver, SendDriverMessage, GetDriverModuleHandle and DefDriverProc, each after the page of
// the Windows documentation of that name.
#include "driver/host/installable_driver.h"

#include <mmddk.h>

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
  const std::u16string wide = to_utf16(parameters);
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
      modules().acquire(std::filesystem::weakly_canonical(location.path, ignored).string());
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

}  // namespace refwave::host

using namespace refwave::host;

HDRVR WINAPI OpenDriver(LPCWSTR szDriverName, LPCWSTR szSectionName, LPARAM lParam2) {
  set_last_error({});
  if (szDriverName == nullptr) return nullptr;
  const std::string name = to_utf8(szDriverName);
  const DriverLocation location =
      szSectionName == nullptr ? find_driver(name) : find_registered_driver(to_utf8(szSectionName), name);
  OpenedDriver opened = open_driver(location, lParam2);
  set_last_error(std::move(opened.error));
  return opened.handle;
}

LRESULT WINAPI CloseDriver(HDRVR hDriver, LPARAM lParam1, LPARAM lParam2) {
  const auto instance = instances().find(hDriver);
  if (instance == nullptr || instance->session || instance->closing.exchange(true)) return FALSE;
  send(*instance, hDriver, DRV_CLOSE, lParam1, lParam2);
  retire(*instance, hDriver);
  return TRUE;
}

LRESULT WINAPI SendDriverMessage(HDRVR hDriver, UINT message, LPARAM lParam1, LPARAM lParam2) {
  const auto instance = instances().find(hDriver);
  return instance == nullptr ? 0 : send(*instance, hDriver, message, lParam1, lParam2);
}

HMODULE WINAPI GetDriverModuleHandle(HDRVR hDriver) {
  const auto instance = instances().find(hDriver);
  return instance == nullptr ? nullptr : instance->library->module_handle();
}

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name) {
  const auto library = modules().find_library(module);
  return library == nullptr || name == nullptr ? nullptr : reinterpret_cast<FARPROC>(library->find(name));
}

LRESULT WINAPI DefDriverProc(DWORD_PTR, HDRVR, UINT uMsg, LPARAM, LPARAM) {
  switch (uMsg) {
    case DRV_LOAD:
    case DRV_FREE:
    case DRV_ENABLE:
    case DRV_DISABLE:
    case DRV_INSTALL:  // 1 is DRVCNF_OK here
    case DRV_REMOVE:
      return 1;
    default:
      return 0;
  }
}
