// Flush-to-zero in a scope: denormal numbers cost a hundred times as much as normal ones and cannot be heard.
// One source file for each processor family.
#pragma once

#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::dsp {

class FlushDenormals {
 public:
  REFWAVE_AUDIO_THREAD FlushDenormals() noexcept;
  REFWAVE_AUDIO_THREAD ~FlushDenormals() noexcept;
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  std::uint64_t before_;  // the thread's floating-point control word
};

}  // namespace refwave::dsp
