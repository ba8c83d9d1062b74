// What a thread tells its processor in a short spin. One source file a processor family.
#pragma once

namespace refwave::core {

/// Effects: a pause of some dozens of cycles, in which the processor's other half may work.
void relax() noexcept;

}  // namespace refwave::core
