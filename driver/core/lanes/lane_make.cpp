// The half of Lane that allocates. It has an object file of its own, so that tests/rules can check the audio
// thread's half.
#include "driver/core/lanes/lane.h"

namespace refwave::core {

Lane::Lane(Slot& slot, const dsp::Format& client, std::uint32_t capacity)
    : slot_(slot), client_(client), ring_(capacity) {}

}  // namespace refwave::core
