#include "hal/priority/priority.h"

namespace refwave::hal {

// PortAudio's WASAPI threads join MMCSS by themselves.
std::string prioritise(std::int32_t, AudioPriority) { return {}; }

}  // namespace refwave::hal
