#include <immintrin.h>

#include "driver/core/handover/processor.h"

namespace refwave::core {

void relax() noexcept { _mm_pause(); }

}  // namespace refwave::core
