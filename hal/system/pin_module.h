// Keeps the module that holds this code in memory. One source file for each system.
#pragma once

namespace refwave::hal {

/// Effects: the module is never unloaded. Thread: any.
void pin_module() noexcept;

}  // namespace refwave::hal
