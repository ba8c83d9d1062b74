// What is left to do before the module goes. One source file a platform.
#pragma once

namespace refwave::winmm {

/// Effects: gives back what the C++ library keeps of the calling thread on behalf of this module. Thread: the
/// one that unloads it, in its last call.
void forget_this_thread() noexcept;

}  // namespace refwave::winmm
