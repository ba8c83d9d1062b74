// The last work before the module is unloaded. One source file for each system.
#pragma once

namespace refwave::winmm {

/// Effects: gives back the C++ library's record of the calling thread. Thread: the thread that unloads the
/// module, in its last call.
void forget_this_thread() noexcept;

}  // namespace refwave::winmm
