// The pause of a thread that spins for a short time. One source file for each processor family.
#pragma once

namespace refwave::hal {

/// Effects: a pause of some dozens of cycles, in which the core's other hardware thread may work.
void relax() noexcept;

}  // namespace refwave::hal
