// The half of Lane that allocates, apart from what the audio thread runs, so that an object file shows which
// it is.
#include "driver/core/lanes/lane.h"

namespace refwave::core {

Lane::Lane(Slot& slot, const dsp::Format& client, std::uint32_t capacity)
    : slot_(slot), client_(client), ring_(capacity) {}

}  // namespace refwave::core
