// Counting and waiting; the messages are sent by installable_driver.cpp.
#include "driver/host/installable/driver_modules.h"

namespace refwave::host {

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

}  // namespace refwave::host
