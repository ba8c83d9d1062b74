#include <immintrin.h>

#include "hal/system/threads.h"

namespace refwave::hal {

void relax() noexcept { _mm_pause(); }

}  // namespace refwave::hal
