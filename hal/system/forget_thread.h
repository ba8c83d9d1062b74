// The last work of a thread that unloads this module. One source file for each system.
#pragma once

namespace refwave::hal {

/// Effects: gives back the C++ library's record of the calling thread. Thread: the thread that unloads the
/// module, in its last call.
void forget_this_thread() noexcept;

}  // namespace refwave::hal
