#include "driver/winmm/host.h"

namespace refwave::winmm {

configuration::Configuration defaults() { return {}; }

std::u16string_view name_suffix() noexcept { return {}; }

}  // namespace refwave::winmm
